"""What a client wrote, held against what was read from it: no field is dropped in silence.

Values that are both written by clients and kept in logs (messages, sampling, tools) read over fields that they do not
know, since a newer version may have stored them. Where a client writes them, such a field is a mistake to be named.
"""

from collections.abc import Iterator
from typing import Any, cast

import msgspec

from tertulia.domain.errors import FieldError, UnknownField


def refuse_unknown(written: object, read: object, pointer: str = "") -> None:
    """Raise UnknownField, naming each field of `written` (plain JSON) that `read` (what it was taken for) dropped."""
    found = [
        FieldError(pointer=each, detail=f"there is no field `{each.rpartition('/')[2]}` here")
        for each in _dropped(written, msgspec.to_builtins(read), pointer)
    ]
    if found:
        raise UnknownField(f"{found[0].pointer}: {found[0].detail}.", errors=found)


def _dropped(written: object, read: object, pointer: str) -> Iterator[str]:
    if written == read:
        return
    if isinstance(written, dict) and isinstance(read, dict):
        known = cast(dict[str, Any], read)
        for name, value in cast(dict[str, Any], written).items():
            inner = f"{pointer}/{token(name)}"
            if name in known:
                yield from _dropped(value, known[name], inner)
            else:
                yield inner
    elif isinstance(written, list) and isinstance(read, list):
        for place, (one, other) in enumerate(zip(cast(list[Any], written), cast(list[Any], read), strict=True)):
            yield from _dropped(one, other, f"{pointer}/{place}")


def token(name: str) -> str:
    """Escape a member's name for a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")

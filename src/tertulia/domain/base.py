"""The base of every value: frozen, keyword-only, and strict where a client writes.

`Value` is what the server makes and stores; it reads logs of newer versions, so unknown fields are passed over.
`Input` is what a client sends; a field that the server does not know is refused by name, never dropped in silence.
"""

from typing import Any, dataclass_transform

import msgspec

END = r"$(?!\n)"
"""How the pattern of a text ends: Python's `$` alone also stands before a last line break."""


def as_published(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a JSON Schema whose patterns are those of ECMAScript, where `$` is the end; not all tools look ahead."""
    return msgspec.json.decode(msgspec.json.encode(schema).replace(msgspec.json.encode(END)[1:-1], b"$"))


# msgspec hands `frozen` down to subclasses but not `kw_only`; the metaclass makes both the rule of the house, for
# Python and for type checkers alike.
@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class ValueMeta(msgspec.StructMeta):
    """Makes every class frozen and keyword-only."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any) -> type:
        config.setdefault("frozen", True)
        config.setdefault("kw_only", True)
        return super().__new__(mcs, name, bases, namespace, **config)


class Value(msgspec.Struct, metaclass=ValueMeta):
    """A frozen value. Change it with `msgspec.structs.replace`."""


class Input(Value, forbid_unknown_fields=True):
    """A frozen value that a client writes: unknown fields are an error that names the field."""

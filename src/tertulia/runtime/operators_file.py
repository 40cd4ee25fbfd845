"""The operator's TOML files, read once at start. What is wrong with one is said with its place, not with its values."""

import tomllib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from tertulia.domain.errors import StartupError, TertuliaError


@contextmanager
def operators_file(path: Path, what: str) -> Generator[dict[str, Any], None, None]:
    """Give what a file of `what` holds, to be made sense of. Raises StartupError that says why it cannot be."""
    named = f"The file of {what}, {path},"
    try:
        yield tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StartupError(f"{named} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StartupError(f"{named} is not valid: {error}.") from None
    except TertuliaError as error:
        raise StartupError(f"{named} is not valid: {error.message}") from None

"""Libraries that others would make use of if they are there, and that a start does not wait for.

The library for log lines imports the one for drawing in terminals, which is there for the terminal's page, to draw
tracebacks with it. Ours are plain, since one that is drawn shows values; so it would be a tenth of the modules of a
start, and 3 MB, for nothing.
"""

import sys
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def unseen(name: str) -> Generator[None]:
    """Within the block a library that was not imported before is not found; afterwards it is."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment] - what Python takes for "not there"
    try:
        yield
    finally:
        del sys.modules[name]

"""What a benchmark is to a shell: an exit code, and something that leaves nothing behind when it is told to stop."""

import signal
import sys
from collections.abc import Coroutine
from types import FrameType
from typing import Any

from bench.loop import run
from bench.targets import TargetError


def command(bench: Coroutine[Any, Any, int]) -> int:
    """Run a benchmark; return what it does: 1 when something could not be had, 130 when somebody has stopped it."""
    signal.signal(signal.SIGTERM, leave)
    try:
        return run(bench)
    except TargetError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def leave(_signal: int, _frame: FrameType | None) -> None:
    """Unwind, so that what was started is ended."""
    sys.exit(1)

"""An event loop on virtual time: when nothing is ready it jumps to the next timer. No threads, no I/O, no waiting.

What runs in it belongs to a process or to nobody (`PROCESS`), so that a whole process can stop at once as a machine
does: a crashed one takes no further step, not even to clean up; a paused one goes on later as if nothing had been.
"""

import asyncio
import contextlib
import heapq
import warnings
from contextvars import ContextVar
from typing import Any


class Process:
    """Whether the steps of one process are taken now, kept for later, or never taken."""

    def __init__(self) -> None:
        self.is_dead = False
        self.is_paused = False
        self.kept: list[asyncio.Handle] = []
        """What would have run: for later, or for ever, so that nothing of a dead process is cleaned up either."""

    @property
    def runs(self) -> bool:
        return not (self.is_dead or self.is_paused)


PROCESS: ContextVar[Process | None] = ContextVar("process", default=None)


LONGEST = 600.0
"""Seconds after which a world that has not come to its end never will."""


class Endless(Exception):
    """Everybody waits for somebody else, or goes on for ever."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs what is ready in order; `time()` moves only when nothing is."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._ready: Any  # of BaseEventLoop: what is ready, and a heap of timers
        self._scheduled: Any
        self.tasks: list[asyncio.Task[Any]] = []
        """All that were ever made here: a dead process's must not be cleaned up by the garbage collector."""
        self.broken: list[BaseException] = []
        """What nobody caught."""
        self.set_task_factory(self._make_task)
        self.set_exception_handler(self._note)

    def _note(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if (error := context.get("exception")) is not None:
            self.broken.append(error)

    def _make_task(self, loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> "asyncio.Task[Any]":
        task = asyncio.Task(coroutine, loop=loop, **options)
        self.tasks.append(task)
        return task

    def time(self) -> float:
        return self._now

    def go_on(self, process: Process) -> None:
        """Let a paused process take the steps that were kept for it."""
        process.is_paused = False
        self._ready.extend(process.kept)
        process.kept.clear()

    def _run_once(self) -> None:
        ready = self._ready
        if not ready:
            self._jump()
        for _ in range(len(ready)):
            handle = ready.popleft()
            if handle.cancelled():
                continue
            process = handle._context.get(PROCESS)
            if process is None or process.runs:
                handle._run()
            else:
                process.kept.append(handle)
        if self.broken:
            raise self.broken[0]

    def _jump(self) -> None:
        timers = self._scheduled
        while timers and timers[0].cancelled():
            heapq.heappop(timers)
        if not timers or self._now > LONGEST:
            raise Endless
        self._now = max(self._now, timers[0].when())
        while timers and timers[0].when() <= self._now:
            self._ready.append(heapq.heappop(timers))

    def bury(self) -> None:
        """End what will never go on, now that nobody can notice, rather than leave it to the garbage collector."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # what it would begin in its end is never awaited
            for task in self.tasks:
                if not task.done():
                    task._log_destroy_pending = False  # type: ignore[attr-defined] - known to CPython alone
                    with contextlib.suppress(RuntimeError):  # it would wait for something in its end
                        task.get_coro().close()  # type: ignore[union-attr] - ours are coroutines

    def _write_to_self(self) -> None:
        """Nobody sleeps here who would have to be woken."""

    def _check_closed(self) -> None:
        """What is left of dead processes may still ring bells: nobody hears them."""

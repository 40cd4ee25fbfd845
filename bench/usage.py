"""What a process and its children use, read from /proc; where there is none (macOS, Windows) the figures are None."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Usage:
    """A window on one process and its children."""

    pid: int

    def cpu_seconds(self) -> float | None:
        """User and system time so far, in steps of a clock tick (10 ms)."""
        ticks = [int(field) for stat in self._stats() for field in stat[11:13]]
        return sum(ticks) / os.sysconf("SC_CLK_TCK") if ticks else None

    def memory_mb(self) -> float | None:
        """Resident memory now, in MB of 2^20 bytes."""
        pages = [int(stat[21]) for stat in self._stats()]
        return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20 if pages else None

    def _stats(self) -> Iterator[list[str]]:
        """The fields of /proc/<pid>/stat after the name, which may hold spaces itself."""
        for pid in descendants(self.pid):
            try:
                yield (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue


def descendants(pid: int) -> Iterator[int]:
    """The process, its children, and theirs."""
    yield pid
    for children in (PROC / str(pid) / "task").glob("*/children"):
        try:
            for child in children.read_text().split():
                yield from descendants(int(child))
        except OSError:
            continue

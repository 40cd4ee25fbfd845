"""What is shown of a run: a table for people, JSON for programs, and the machine that it was."""

import json
import os
import platform
import re
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from pathlib import Path
from typing import Any

from bench.judge import GOALS
from bench.peer import Peer, compare
from bench.stage import Figure

PACKAGES = ("tertulia", "uvicorn", "uvloop", "litestar", "msgspec", "aiohttp", "sqlalchemy")
BEGIN, END = "<!-- the last run, written by `python -m bench --write` -->", "<!-- the end of the last run -->"
HEADINGS = {
    "startup": "Start",
    "turns": "Streamed turns of 50 tokens",
    "plain": "Turns of 50 tokens, answered once (`stream: false`)",
    "first_delta": "Time to the first delta, 1 reader",
    "tokens": "Streamed turns of 500 tokens, said in one write",
    "paced": "Streamed turns of 100 tokens, one every 20 ms",
    "streams": "Very many streams, 50 tokens a second each",
    "on_postgres": "Streamed turns of 50 tokens, with PostgreSQL",
    "steps": "A turn of five steps (inference, tool, inference, tool, inference), on its database",
    "storage": "What turns leave in the database",
    "restart": "One server with SQLite, killed (`SIGKILL`) and started again",
    "takeover": "Two servers on one PostgreSQL, one of them killed (`SIGKILL`)",
    "elsewhere": "Two servers on one PostgreSQL, a reader on each",
    "growth": "A session that grows",
    "listing": "A page of 50 sessions",
    "crowd": "Very many sessions and a very long one, while four turns are streamed: the slowest read in a hundred",
    "memory": "Memory",
}


@dataclass(frozen=True)
class Surroundings:
    """What was measured, where and when."""

    server: str
    date: str
    machine: str
    versions: str
    load_before: str

    @classmethod
    def now(cls, server: str) -> "Surroundings":
        """Look around."""
        return cls(server, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", machine(), versions(), load_average())


def markdown(figures: Sequence[Figure], where: Surroundings, peer: Peer) -> str:
    """All figures, a table for each measure."""
    columns = row(["Measure", where.server, "Direct", "÷ direct", "Goal", "Met", peer.server, "Better by"])
    lines = [f"{where.date}, {where.machine}; load average before the run {where.load_before}. {where.versions}."]
    lines += ["", peer.source(where.machine)]
    order = list(HEADINGS)
    by_measure = sorted(figures, key=lambda figure: order.index(figure.measure))
    for measure, of_measure in groupby(by_measure, key=lambda figure: figure.measure):
        lines += ["", f"### {HEADINGS[measure]}", "", columns, row(["---", *["---:"] * 3, "---", "---", *["---:"] * 2])]
        lines += [row(cells(figure, peer)) for figure in of_measure]
    return "\n".join([*lines, ""])


def cells(figure: Figure, peer: Peer) -> list[str]:
    """One row of the table."""
    goal, beside = GOALS.get(figure.key), compare(figure, peer)
    met = goal.is_met(figure) if goal else None
    return [
        figure.label,
        f"{quantity(figure.value, figure.unit)} {figure.note}".strip(),
        quantity(figure.direct, figure.unit),
        quantity(figure.ratio, "×"),
        goal.text(figure.unit) if goal else "",
        "" if met is None else "yes" if met else "**no**",
        f"{quantity(beside.value, figure.unit)} {beside.remark}".strip() if beside else "",
        quantity(beside.better_by, "×") if beside else "",
    ]


def row(columns: Iterable[str]) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(columns)} |"


def quantity(value: float | None, unit: str) -> str:
    """A number with three digits that mean something, and its unit."""
    if value is None:
        return ""
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def as_json(figures: Sequence[Figure], where: Surroundings) -> str:
    """The same for programs, and to set other runs beside (`--peer`)."""
    return json.dumps({**vars(where), "figures": [judged(figure) for figure in figures]}, indent=1, ensure_ascii=False)


def judged(figure: Figure) -> dict[str, Any]:
    """A figure with what it is held against."""
    goal = GOALS.get(figure.key)
    judgement = {"goal": goal.text(figure.unit), "met": goal.is_met(figure)} if goal else {}
    return {**vars(figure), "ratio": figure.ratio, **judgement}


def write_into(page: Path, table: str) -> None:
    """Put the table into a page, in the place of the last run's."""
    text = page.read_text(encoding="utf-8")
    marked = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if not marked.search(text):
        raise ValueError(f"{page} has no place for the table: it lacks {BEGIN}")
    page.write_text(marked.sub(lambda _: f"{BEGIN}\n\n{table}\n{END}", text), encoding="utf-8")


def machine() -> str:
    """The machine in a few words, without its name."""
    cpu = re.search(r"model name\s*: (.*)", read(Path("/proc/cpuinfo")))
    memory = re.search(r"MemTotal:\s*(\d+) kB", read(Path("/proc/meminfo")))
    parts = [f"{os.cpu_count()} cores", cpu[1] if cpu else platform.machine(), platform.system()]
    return ", ".join([*parts, f"{int(memory[1]) / 2**20:.0f} GiB"] if memory else parts)


def versions() -> str:
    """The versions of what the figures depend on."""
    found = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def load_average() -> str:
    """How busy the machine was in the last minute."""
    return "unknown" if sys.platform == "win32" else f"{os.getloadavg()[0]:.1f}"


def read(path: Path) -> str:
    """A file's text, or nothing where there is no such file."""
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

"""`tertulia serve` with tools whose effects can be seen, a clock that is wrong, and an end at a certain commit.

    FAULTS_EFFECTS=effects.txt FAULTS_DIES_AT=7 python -m tests.faults.rigged serve …

It is the whole server as it is: tools and clock are handed to its wiring, and the commits are counted on the raw
connection that the store hands out. It kills itself when a turn that it has taken on since its start comes to its Nth
commit: what that commit would have stored is lost, and all that stands before it is on the disk.
"""

import asyncio
import datetime as dt
import os
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import click
from msgspec import Meta

from tertulia.asgi import app_of
from tertulia.cli.options import setting_options
from tertulia.cli.serve import run
from tertulia.domain.agents import ToolDef
from tertulia.domain.tools import ToolPolicy
from tertulia.runtime.clock import Clock, SystemClock
from tertulia.server.logs import configure_logs
from tertulia.settings.values import Settings
from tertulia.store.base import Store
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tertulia.tools import Tool, ToolContext, ToolResult, tool
from tertulia.wiring import Services, blobs_at, store_at

TOOLGROUP = "faults::effects"
NUMBER = {"type": "object", "properties": {"n": {"type": "integer"}}}


class EffectTool:
    """Writes a line `key n` to a file, then takes its time: there it can be killed, with its effect done."""

    toolgroup = TOOLGROUP

    def __init__(self, name: str, policy: ToolPolicy, *, effects: Path, seconds: float, blocks: bool = False) -> None:
        self.definition = ToolDef(name=name, description="Have an effect.", input_schema=NUMBER)
        self.policy = policy
        self._effects = effects
        self._seconds = seconds
        self._blocks = blocks

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        with self._effects.open("a") as file:
            file.write(f"{context.idempotency_key} {arguments['n']}\n")
        if self._blocks:
            time.sleep(self._seconds)  # noqa: ASYNC251 - as a careless tool does, and with it the whole event loop
        else:
            await asyncio.sleep(self._seconds)
        return ToolResult(content=f"done {arguments['n']}")


def sleeping_function(effects: Path, seconds: float) -> Tool:
    """Make a tool of a function that blocks, as people write them: for seconds, and until there is a file `….go`."""

    @tool(description="Have an effect.", toolgroup=TOOLGROUP, policy=ToolPolicy(is_idempotent=True))
    def doze(n: Annotated[int, Meta(description="a number")], context: ToolContext) -> str:
        with effects.open("a") as file:
            file.write(f"{context.idempotency_key} {n}\n")
        time.sleep(seconds)
        while not effects.with_suffix(".go").exists():
            time.sleep(0.05)
        return f"done {n}"

    return doze


class Fuse:
    """Kills this process at a commit. `add` is given every connection; the first one is the writer's."""

    def __init__(self, commits: int) -> None:
        self._left = commits
        self._is_lit = False
        self._is_first = True

    def add(self, raw: sqlite3.Connection) -> None:
        if self._is_first and self._left:
            raw.set_trace_callback(self._see)
        self._is_first = False

    def _see(self, statement: str) -> None:
        self._is_lit = self._is_lit or statement.startswith("INSERT INTO turns ")
        if self._is_lit and statement == "COMMIT":
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def tools() -> list[Tool]:
    effects = Path(os.environ["FAULTS_EFFECTS"])
    seconds = float(os.environ.get("FAULTS_TOOL_SECONDS", "0"))
    return [
        EffectTool("note", ToolPolicy(is_idempotent=True), effects=effects, seconds=seconds),
        EffectTool("stamp", ToolPolicy(), effects=effects, seconds=seconds),
        EffectTool("pay", ToolPolicy(approval="always"), effects=effects, seconds=seconds),
        EffectTool("block", ToolPolicy(is_idempotent=True), effects=effects, seconds=seconds, blocks=True),
        sleeping_function(effects, seconds),
    ]


def clock() -> Clock:
    """A wall clock that is so many seconds fast, or slow."""
    right, shift = SystemClock(), dt.timedelta(seconds=float(os.environ.get("FAULTS_CLOCK_SECONDS", "0")))

    def wrong() -> str:
        moment = dt.datetime.fromisoformat(right()) + shift
        return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"

    return wrong


def store_of(settings: Settings) -> Store:
    scheme, _, path = settings.store_url.partition(":///")
    if scheme != "sqlite":
        return store_at(settings.store_url)
    return SqlStore(SqliteDatabase(Path(path), on_connect=Fuse(int(os.environ.get("FAULTS_DIES_AT", "0"))).add))


@click.group()
def main() -> None:
    """Stand in for `tertulia`."""


@main.command()
@setting_options("host", "port", "data_dir", "database_url", "model_servers", "discover", "open")
def serve(**given: object) -> None:
    """Stand in for `tertulia serve`."""
    settings = Settings.from_env(os.environ, **given)
    configure_logs(settings.log_level, settings.log_format)
    blobs = blobs_at(settings.files_url)
    run(settings, app_of(Services(settings, store_of(settings), tools=tools(), blobs=blobs, clock=clock())))


if __name__ == "__main__":
    sys.exit(main())

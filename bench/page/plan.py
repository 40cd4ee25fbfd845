"""How much to measure, and what every measure is given."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from playwright.async_api import Browser

from bench.page.model import ScriptedModel
from bench.page.reference import Reference
from bench.page.script import Script
from bench.page.seed import Seeds
from bench.stage import Figure
from bench.targets import AgentsApi


@dataclass(frozen=True)
class Plan:
    """The whole takes about nine minutes on a busy machine."""

    turns: int = 1_000
    sessions: int = 5_000
    talks: int = 20
    runs: int = 5
    stream: Script = field(default_factory=lambda: Script(4_000, 200))
    fast: Script = field(default_factory=lambda: Script(8_000, 1_000))
    large: Script = field(default_factory=lambda: Script(16_000, 400))
    in_long: Script = field(default_factory=lambda: Script(2_000, 200))
    words: Script = field(default_factory=lambda: Script(400, 50, "words"))
    keys: int = 100
    wheels: int = 600
    prepends: int = 5


QUICK = Plan(
    runs=1,
    talks=6,
    stream=Script(400, 200),
    fast=Script(1_000, 1_000),
    large=Script(800, 400),
    in_long=Script(200, 200),
    words=Script(50, 50, "words"),
    keys=10,
    wheels=80,
    prepends=1,
)


@dataclass(frozen=True)
class Stage:
    """The page's server, the reference page, the model behind both, and a browser."""

    plan: Plan
    browser: Browser
    server: str
    pages: str
    """What the addresses of the reference pages begin with."""
    reference: Reference
    model: ScriptedModel
    api: AgentsApi
    seeds: Seeds


Measure = Callable[[Stage], AsyncIterator[Figure]]

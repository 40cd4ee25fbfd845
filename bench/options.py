"""What the person at the command line wants."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.peer import LLAMA_STACK
from bench.targets import Dialect


class Options(argparse.Namespace):
    """The command line, read."""

    quick: bool
    only: str
    json: Path | None
    write: Path | None
    base: str
    dialect: Dialect
    name: str
    pid: int
    peer: Path
    fake_port: int
    profile: bool

    @property
    def wanted(self) -> frozenset[str]:
        """The measures to take; none means all."""
        return frozenset(filter(None, self.only.split(",")))


def read_options(arguments: Sequence[str] | None, measures: Sequence[str]) -> Options:
    """Read the command line; what is wrong with it ends the program with a sentence."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure the server against calling the model server directly, in one run.",
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="a minute instead of five; the figures are rougher")
    add("--only", default="", metavar="A,B", help=f"only these measures, of {', '.join(measures)}")
    add("--json", type=Path, metavar="FILE", help="also write the figures as JSON")
    add("--write", type=Path, metavar="PAGE", help="put the table into this Markdown page")
    add("--base", default="", metavar="URL", help="load this server (with its /v1) instead of starting ours")
    add("--dialect", choices=["native", "llama_stack"], default="native", help="how the server at --base speaks")
    add("--name", default="Tertulia", help="what the server at --base is called in the table")
    add("--pid", type=int, default=0, help="the process of the server at --base, for its CPU and memory")
    add("--fake-port", type=int, default=0, metavar="PORT", help="where the fake model server listens, for --base")
    add("--peer", type=Path, metavar="FILE", default=LLAMA_STACK, help="set this run beside; FILE is of --json")
    add("--profile", action="store_true", help="instead of measuring, show where the time goes (needs py-spy)")
    options = parser.parse_args(arguments, namespace=Options())
    if unknown := options.wanted - set(measures):
        parser.error(f"there is no measure {', '.join(sorted(unknown))}; there are {', '.join(measures)}")
    if options.base and not options.fake_port:
        parser.error("--base needs --fake-port: the port of the model server that the server at --base was given")
    return options

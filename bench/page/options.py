"""What the person at the command line wants."""

import argparse
from collections.abc import Sequence
from pathlib import Path


class Options(argparse.Namespace):
    """The command line, read."""

    quick: bool
    strict: bool
    only: str
    json: Path | None
    write: Path | None

    @property
    def wanted(self) -> frozenset[str]:
        """The measures to take; none means all."""
        return frozenset(filter(None, self.only.split(",")))


def read_options(arguments: Sequence[str] | None, measures: Sequence[str]) -> Options:
    """Read the command line; what is wrong with it ends the program with a sentence."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.page",
        description="Measure the page in a real browser, beside a reference page, and hold it against its budgets.",
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="each measure once, and short; the times are rougher")
    add("--strict", action="store_true", help="let the budgets of times decide, too, not only their ratios")
    add("--only", default="", metavar="A,B", help=f"only these measures, of {', '.join(measures)}")
    add("--json", type=Path, metavar="FILE", help="also write the figures as JSON")
    add("--write", type=Path, metavar="PAGE", help="put the table into this Markdown page, and the charts beside it")
    options = parser.parse_args(arguments, namespace=Options())
    if unknown := options.wanted - set(measures):
        parser.error(f"there is no measure {', '.join(sorted(unknown))}; there are {', '.join(measures)}")
    return options

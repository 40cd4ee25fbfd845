"""`python -m bench.page`: measure the page, show the table, say by the exit code whether all gates were kept."""

import sys
from collections.abc import Sequence
from dataclasses import replace

from bench.command import command
from bench.page import report
from bench.page.anchors import read_anchors
from bench.page.gates import missed
from bench.page.options import Options, read_options
from bench.page.plan import QUICK, Plan
from bench.page.run import MEASURES, measure, stage_for
from bench.page.tab import chromium
from bench.report import load_average
from bench.stage import Figure


def main() -> int:
    """Run and tell the shell: 0 when all gates are kept, 1 when one is not, or when something could not be measured."""
    return command(bench(read_options(None, list(MEASURES))))


async def bench(options: Options) -> int:
    """Set the stage, measure, and report what there is, also of a run that went wrong."""
    figures: list[Figure] = []
    problems: list[str] = []
    async with chromium() as browser, stage_for(QUICK if options.quick else Plan(), browser) as stage:
        where = report.Surroundings.now(browser.version)
        async for figure in measure(stage, options.wanted, problems):
            figures.append(figure)
            print(report.line(figure), file=sys.stderr, flush=True)
    deliver(figures, replace(where, load_after=load_average()), options)
    over = [f"over: {report.line(figure)}" for figure in missed(figures, strict=options.strict)]
    print("\n".join([*problems, *over]), file=sys.stderr)
    return 1 if problems or over else 0


def deliver(figures: Sequence[Figure], where: report.Surroundings, options: Options) -> None:
    """Print the table and write what was asked for."""
    anchors = read_anchors()
    table = report.markdown(figures, where, anchors)
    print(table)
    if options.json:
        options.json.write_text(report.as_json(figures, where), encoding="utf-8")
    if options.write:
        report.write(options.write, table, figures, anchors)


if __name__ == "__main__":
    sys.exit(main())

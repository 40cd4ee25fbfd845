"""The values of an Excel workbook, each sheet as comma-separated lines; formulas by the values that Excel has saved."""

import csv
import datetime as dt
import io
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from openpyxl import load_workbook

from tertulia.extract.base import Extract, Job, NoExtract
from tertulia.extract.collecting import Collector, Enough


def read(content: bytes, job: Job) -> Extract:
    """Return the sheets, each under its name, without empty lines."""
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheets: list[Any] = workbook.worksheets
    found = Collector(job, unit="sheet", total_units=len(sheets))
    has_values = False
    with suppress(Enough):
        for sheet in sheets:
            sheet.reset_dimensions()  # what a file says of its size is not believed: every row would be filled up to it
            found.begin_unit()
            found.add(f"[sheet {sheet.title}]\n")
            for row in sheet.iter_rows(values_only=True):
                line = _line(row)
                has_values = has_values or bool(line)
                found.add(line)
            found.add("\n")
    return found.extract() if has_values else NoExtract(reason="there are no values in it")


def _line(row: Iterable[Any]) -> str:
    cells = [_text(value) for value in row]
    while cells and not cells[-1]:
        cells.pop()
    if not cells:
        return ""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return str(value)

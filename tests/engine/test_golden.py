"""The golden files say what the engine and the wire make of the golden logs, today as when they were written."""

import pytest

from tests.golden.logs import LOGS
from tests.golden.write import FOLDER, text_of


@pytest.mark.parametrize("name", LOGS)
def test_a_golden_log_reads_as_it_was_written_down(name: str) -> None:
    file = FOLDER / f"{name}.json"
    assert file.read_text(encoding="utf-8") == text_of(name, LOGS[name])


def test_every_golden_file_has_its_log() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == set(LOGS)

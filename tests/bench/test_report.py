"""The table says what was measured, and what that is held against."""

from pathlib import Path

import pytest

from bench.judge import GOALS
from bench.peer import LLAMA_STACK, Peer, Recorded, compare, read_peer
from bench.report import BEGIN, END, HEADINGS, Surroundings, cells, markdown, quantity, write_into
from bench.stage import Figure

PEER = Peer(
    server="Another", date="2026-11-01", machine="a desk", figures=[Recorded("turns.16.per_s", "turns", "/s", 50)]
)
TURNS = Figure("turns.16.per_s", "turns", "/s", value=500, direct=1000)
WHERE = Surroundings("Tertulia", "2026-11-22", "a desk", "Python 3.11.7", "0.1")


def test_a_row_sets_a_figure_beside_direct_its_goal_and_the_peer() -> None:
    assert cells(TURNS, PEER) == ["turns", "500 /s", "1,000 /s", "0.50 ×", "≥ 400 /s", "yes", "50 /s", "10 ×"]


def test_a_goal_that_is_missed_stands_out() -> None:
    slow = Figure("turns.16.cpu_ms", "server CPU per turn", "ms", value=2.5)
    assert cells(slow, PEER)[4:6] == ["≤ 2 ms", "**no**"]


def test_a_goal_of_a_ratio_is_judged_by_the_ratio() -> None:
    paced = Figure("paced.64.p50_ms", "turn", "ms", value=2_010, direct=2_000)
    assert cells(paced, PEER)[3:6] == ["1.00 ×", "≤ 1.01 × direct", "yes"]


def test_what_is_not_known_meets_no_goal_and_misses_none() -> None:
    assert cells(Figure("memory.idle_mb", "memory", "MB", value=None), PEER)[1:6] == ["", "", "", "≤ 80 MB", ""]


def test_less_is_better_of_everything_but_rates() -> None:
    peer = Peer("Another", "", "", [Recorded("memory.idle_mb", "memory, small", "MB", 100)])
    comparison = compare(Figure("memory.idle_mb", "memory", "MB", value=50), peer)
    assert comparison is not None
    assert (comparison.better_by, comparison.remark) == (2, "(memory, small)")


@pytest.mark.parametrize(
    ("value", "shown"), [(1234.5, "1,234 ms"), (123.4, "123 ms"), (12.34, "12.3 ms"), (1.234, "1.23 ms"), (2.0, "2 ms")]
)
def test_numbers_are_shown_with_the_digits_that_mean_something(value: float, shown: str) -> None:
    assert quantity(value, "ms") == shown


def test_the_last_run_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"Before.\n{BEGIN}\nold\n{END}\nAfter.\n", encoding="utf-8")
    write_into(page, markdown([TURNS], WHERE, PEER))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Before.\n")
    assert text.endswith("After.\n")
    assert "old" not in text
    assert "| turns | 500 /s |" in text


def test_a_page_without_a_place_for_the_table_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("No place.", encoding="utf-8")
    with pytest.raises(ValueError, match="has no place for the table"):
        write_into(page, "table")
    assert page.read_text(encoding="utf-8") == "No place."


def test_figures_of_another_machine_are_said_to_be_so() -> None:
    assert "another machine" in PEER.source("a rack")
    assert "another machine" not in PEER.source("a desk")


def test_every_figure_of_the_peer_and_every_goal_belongs_to_a_table() -> None:
    keys = [*GOALS, *(figure.key for figure in read_peer(LLAMA_STACK).figures)]
    assert {key.split(".")[0] for key in keys} <= set(HEADINGS)

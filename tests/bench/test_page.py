"""The page's benchmark does its sums: what is said, what is seen, what decides, what is drawn."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench.page.anchors import Anchor, Anchors, read_anchors
from bench.page.chart import svg
from bench.page.charts import NAMES, charts
from bench.page.gates import GATES, Gate, exact, missed, timed
from bench.page.measures.pixels import delays
from bench.page.measures.typing import times_of
from bench.page.prose import END, section, tokens_of
from bench.page.report import BUSY, HEADINGS, Surroundings, cells, markdown
from bench.page.run import MEASURES
from bench.page.script import SHORT, Script, parse
from bench.page.seed import end_of, grown
from bench.page.tab import Watched
from bench.stage import Figure

DARK_AND_LIGHT = "@media (prefers-color-scheme: dark)"
ANCHORS = Anchors("measured elsewhere", [Anchor("loading.long_p95_ms", "Another & slower", 7_342, low=5_000)])
LONG = Figure("loading.long_p95_ms", "1,000 turns", "ms", value=500)
STREAM = Figure("streaming.stream.p95_ms", "frames", "ms", value=24, direct=20)
WHERE = Surroundings("2026-11-27", "a desk", "Chromium 140", "0.1", "0.2")


# --- What is said ---


@pytest.mark.parametrize("tokens", [10, 400, 4_000])
def test_an_answer_has_as_many_tokens_as_were_asked_for_and_says_when_it_ends(tokens: int) -> None:
    for script in (Script(tokens, 200), Script(tokens, 200, "words")):
        assert len(script.pieces) == tokens
        assert "".join(script.pieces).endswith(END)


def test_a_text_cut_into_tokens_is_the_same_text() -> None:
    assert "".join(tokens_of(section(3))) == section(3)


def test_the_last_sentence_that_asks_for_something_is_obeyed() -> None:
    wanted = Script(16_000, 400)
    assert parse(f"{Script(5, 5).text} And then: {wanted.text}") == wanted
    assert parse("How are you?") == SHORT


def test_a_session_grows_to_turns_that_follow_one_another_under_ids_of_their_own() -> None:
    turn = {
        "turn": {
            "turn_id": "t",
            "n": 1,
            "steps": [{"step_id": "s"}],
            "output_message": {"content": "said"},
            "last_event_id": "1.1.7",
            "parent_turn_id": None,
        },
        "events": [{"id": {"n": 1}, "event": {"turn_id": "t", "step_id": "s", "content": "said"}}],
    }
    document = grown({"session": {"session_id": "old"}, "turns": [turn]}, "A talk", 3)
    said, events = zip(*((each["turn"], each["events"][0]["event"]) for each in document["turns"]), strict=True)
    ids = [each["turn_id"] for each in said]
    assert len({*ids, "t"}) == 4
    assert [each["parent_turn_id"] for each in said] == [None, *ids[:-1]]
    assert [(each["n"], each["last_event_id"]) for each in said] == [(1, "1.1.7"), (2, "2.1.7"), (3, "3.1.7")]
    assert [each["turn_id"] for each in events] == ids
    assert events[-1]["content"].endswith(end_of("A talk", 3))
    assert document["session"]["active_turn_id"] == ids[-1]


# --- What is seen ---


def test_frames_are_told_as_what_lies_between_them_in_the_whole_and_in_parts() -> None:
    watched = Watched(frames=[0, 10, 20, 30, 40, 100], long_tasks=[60], keys=[], pressed=0)
    assert watched.deltas == [10, 10, 10, 10, 60]
    assert (watched.frame_ms(50), watched.frame_ms(95)) == (10, 60)
    assert watched.part(0, 0.25) == [10, 10]
    assert watched.part(0.2, 1) == [10, 10, 60]


def test_a_token_is_painted_by_the_first_frame_that_has_it_or_a_later_one() -> None:
    assert delays([1.0, 1.1, 1.2, 1.3], [(2, 1.15), (3, 1.25)]) == pytest.approx([150, 50, 50])


def test_keys_that_the_browser_does_not_tell_of_were_quick() -> None:
    assert times_of(Watched(frames=[], long_tasks=[], keys=[24, 48], pressed=4)) == [24, 48, 16, 16]


# --- What decides ---


def test_what_is_the_same_on_every_machine_decides_by_its_budget() -> None:
    over = Figure("history.nodes", "elements", "", value=3_001)
    assert GATES["history.nodes"] == exact(3_000)
    assert missed([over], strict=False) == [over]


def test_a_time_decides_by_the_reference_and_by_its_budget_only_when_that_is_wanted() -> None:
    gate = timed(20, times=1.25)
    assert gate.is_near(STREAM) is True
    assert gate.is_within(STREAM) is False
    assert gate.decision(STREAM, strict=False) is True
    assert gate.decision(STREAM, strict=True) is False
    assert gate.decision(Figure("streaming.stream.p95_ms", "", "ms", value=26, direct=20), strict=False) is False


def test_what_is_not_known_decides_nothing() -> None:
    unknown = Figure("streaming.stream.p95_ms", "", "ms", value=None, direct=20)
    assert timed(20, times=1.25).decision(unknown, strict=True) is None
    assert Gate().decision(STREAM, strict=True) is None
    assert missed([unknown], strict=True) == []


def test_every_gate_and_every_figure_of_others_belongs_to_a_measure() -> None:
    keys = [*GATES, *(anchor.figure for anchor in read_anchors().anchors)]
    assert {key.split(".")[0] for key in keys} <= set(HEADINGS)
    assert set(MEASURES) == set(HEADINGS)


# --- What is shown ---


def test_a_row_sets_a_figure_beside_the_reference_its_gates_and_others() -> None:
    row = cells(STREAM, ANCHORS)
    assert row == ["frames", "24 ms", "20 ms", "1.20 ×", "1.5 ×", "ok", "20 ms", "**over**", ""]
    assert cells(LONG, ANCHORS)[-1] == "Another & slower 5,000–7,342"


def test_the_table_says_how_busy_the_machine_was() -> None:
    text = markdown([LONG, STREAM], WHERE, ANCHORS)
    assert "load average before the run 0.1, after it 0.2" in text
    assert BUSY not in text
    assert BUSY in markdown([LONG], replace(WHERE, load_before="999"), ANCHORS)
    assert "### An answer that grows" in text


def test_charts_have_a_bar_for_each_and_are_told_to_those_who_do_not_see_them(tmp_path: Path) -> None:
    drawn = dict(charts([LONG, STREAM], ANCHORS))
    assert set(drawn) == set(NAMES)
    file = tmp_path / "chart.svg"
    file.write_text(svg(drawn["page-loads.svg"]), encoding="utf-8")
    root = ET.parse(file).getroot()
    title, description = (root.findtext(f"{{*}}{name}") for name in ("title", "desc"))
    assert title == "How soon it is there"
    assert description is not None
    assert "Tertulia 500 ms; Another & slower 5,000–7,342 ms." in description
    widths = {bar.get("class"): float(bar.get("width", 0)) for bar in root.iterfind("{*}rect")}
    assert widths["range"] > widths["bar"] > widths["ours"] > 0
    assert DARK_AND_LIGHT in (root.findtext("{*}style") or "")

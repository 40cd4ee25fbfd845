"""What people have said to ChatGPT and in Open WebUI, as sessions: the branch that is shown, its tools, its notes."""

import re
import shutil
import zipfile
from pathlib import Path

import msgspec
import pytest

from tertulia.domain.errors import SourceUnreadable
from tertulia.domain.events import EventId, LoggedEvent
from tertulia.domain.messages import text_of
from tertulia.domain.sessions import Session
from tertulia.domain.steps import InferenceStep, ToolCallStep
from tertulia.domain.turns import Turn
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tertulia.sources.chats.chatgpt import NAMES, open_chatgpt
from tertulia.sources.chats.open_webui import open_open_webui
from tertulia.sources.chats.opening import read_chats
from tertulia.sources.chats.source import ChatSource

HERE = Path(__file__).parent
CHATGPT = HERE / "conversations.json"
OPEN_WEBUI = HERE / "chat-export-1735740300000.json"


def opened(path: Path = CHATGPT, *, agent_id: str | None = None, model: str | None = None) -> ChatSource:
    opens = open_open_webui if path == OPEN_WEBUI else open_chatgpt
    return opens(path, agent_id=agent_id, model=model)


def turns_of(source: ChatSource, session: Session) -> list[Turn]:
    turns: list[Turn] = []
    for n, found in enumerate(source.turns(session), start=1):
        log = [LoggedEvent(id=EventId(n=n, epoch=1, seq=seq), event=event) for seq, event in enumerate(found.events, 1)]
        turns.append(project(replay(log)))
    return turns


def told(turn: Turn) -> list[str]:
    """A turn in words: what was asked, what was done, what was said."""
    words = [f"user: {text_of(message.content)}" for message in turn.input_messages]
    for step in turn.steps:
        if isinstance(step, InferenceStep):
            said = step.model_response
            calls = [f"{call.tool_name}({call.arguments_json})" for call in said.tool_calls]
            words.append(
                " | ".join(filter(None, (f"({said.reasoning})" if said.reasoning else "", said.content, *calls)))
            )
        elif isinstance(step, ToolCallStep) and step.tool_response is not None:
            words.append(f"tool: {step.tool_response.content}")
    return words


def one(source: ChatSource, name: str) -> Session:
    return next(session for session in source.sessions() if session.session_name == name)


def test_the_branch_that_chatgpt_shows_is_a_session_with_tools() -> None:
    source = opened()
    session = one(source, "Rain in Lisbon")
    first, second = turns_of(source, session)
    assert told(first) == [
        "user: Will it rain?",
        '(Looking up the weather\nThe forecast is on the web.) | web.search({"q": "rain Lisbon"})',
        "tool: Forecast\nhttps://weather.example\nRain at noon",
        "Yes, at noon.",
    ]
    assert told(second) == [
        "user: And how many drops?",
        'python({"input": "print(10**6)"})',
        "tool: There is no result of this call.",
    ]
    assert first.status == second.status == "completed"
    assert [step.model for step in first.steps if isinstance(step, InferenceStep)] == ["o3", "o3"]
    assert session.session_id == "6774b1a0-0000-8000-9000-000000000001"
    assert (session.pinned, session.archived, session.turn_count) == (True, False, 2)
    assert (session.started_at, session.updated_at) == ("2025-01-01T14:00:00.123456Z", "2025-01-01T14:05:00.500000Z")
    assert first.started_at.startswith("2025-01-01T14:00:01.")


def test_what_nobody_answered_failed_and_what_has_no_name_is_named_by_its_question() -> None:
    source = opened()
    session = one(source, "Hello?")
    [turn] = turns_of(source, session)
    assert (turn.status, turn.error and turn.error.code) == ("failed", "left_unfinished")
    assert (session.archived, session.title_source) == (True, "default")


def test_what_cannot_be_read_is_told_and_keeps_nothing_else_away() -> None:
    source = opened()
    assert len(source.sessions()) == 3
    lost = [finding for finding in source.findings if finding.is_lost]
    assert [finding.what for finding in lost] == ["chat number 3"]
    assert "mapping" in lost[0].why
    left = {finding.why for finding in source.findings if not finding.is_lost}
    assert {"what is no text is left out: image", "attached files are left out"} <= left
    assert "messages of other branches are left out" in left


def test_messages_that_follow_each_other_in_a_circle_are_read_once() -> None:
    source = opened()
    [turn] = turns_of(source, one(source, "A circle"))
    assert told(turn) == ["user: B", "A"]


def test_the_branch_that_open_webui_shows_is_a_session_with_tools() -> None:
    source = opened(OPEN_WEBUI)
    [session] = source.sessions()
    first, second = turns_of(source, session)
    assert told(first) == [
        "user: How warm is it?",
        '(I need the\nthermometer) | get_weather({"city": "Lisbon"})',
        'tool: {"celsius": 21}',
        "It is 21 degrees.",
    ]
    assert told(second) == [
        "user: And at night?",
        '(It cools down.) | get_weather({"city": "Lisbon", "at": "night"})',
        "tool: 15",
        "Fifteen.",
    ]
    assert (session.session_name, session.archived, session.turn_count) == ("🌦️ Weather", True, 2)
    assert {finding.why for finding in source.findings} == {
        "attached files are left out",
        "messages of other branches are left out",
    }


def test_the_agent_is_a_new_one_with_the_newest_model_or_the_one_that_is_named() -> None:
    [made] = opened().agents()
    assert (made.agent_config.name, made.agent_config.model) == ("ChatGPT", "gpt-4o")
    [named] = opened(OPEN_WEBUI, model="ollama/llama3.2").agents()
    assert (named.agent_config.name, named.agent_config.model) == ("Open WebUI", "ollama/llama3.2")
    mine = opened(agent_id="mine")
    assert mine.agents() == []
    assert {session.agent_id for session in mine.sessions()} == {"mine"}


def test_what_is_read_again_has_the_same_ids() -> None:
    ids = [
        [(session.session_id, [turn.turn_id for turn in turns_of(source, session)]) for session in source.sessions()]
        for source in (opened(), opened())
    ]
    assert ids[0] == ids[1]
    assert len({turn for _, turns in ids[0] for turn in turns}) == 4


@pytest.mark.parametrize("kind", ["folder", "zip", "parts"])
def test_an_export_is_found_wherever_it_is(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "export"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(CHATGPT, "export/conversations.json")
            archive.writestr("export/user.json", "{}")
    else:
        path.mkdir()
        shutil.copy(CHATGPT, path / ("conversations.json" if kind == "folder" else "conversations-000.json"))
        (path / "user.json").write_text("{}")
    assert len(opened(path).sessions()) == 3


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": 1', b"PK\x03\x04 no archive", b"\xff\xfe"])
def test_a_file_of_another_kind_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "conversations.json"
    path.write_bytes(content)
    with pytest.raises(SourceUnreadable, match=re.escape(str(path))):
        read_chats(path, NAMES)
    with pytest.raises(SourceUnreadable):
        read_chats(tmp_path / "nowhere.json", NAMES)


def test_a_value_of_another_kind_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    path.write_bytes(msgspec.json.encode([1, None, {"id": "x", "mapping": {"a": {"parent": 3}}}, {"mapping": {}}]))
    source = opened(path)
    assert source.sessions() == []
    assert len([finding for finding in source.findings if finding.is_lost]) == 4

"""What every store finds by words: what was said and how sessions are called, of their owner, in one order."""

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.errors import InvalidCursor
from tertulia.domain.messages import AssistantMessage, InputMessage, SystemMessage, ToolCall, ToolResponse, UserMessage
from tertulia.domain.paging import encode_cursor
from tertulia.domain.search import SearchFilter, SearchHit, parse_query
from tertulia.domain.sessions import SessionPatch
from tertulia.domain.steps import InferenceStep, Step, ToolCallStep
from tertulia.store.base import Store
from tertulia.store.importing import ImportedTurn
from tertulia.store.turns import TurnRecord
from tests.store.values import (
    ANA,
    BEN,
    NODE,
    agent,
    append,
    at,
    awaiting,
    completed,
    logged,
    new_turn,
    resumed,
    running,
    said,
    session,
    turn_of,
)


async def hits(store: Store, query: str, *, owner: str = ANA, limit: int = 50, **which: Any) -> list[SearchHit]:
    page = await store.search(owner, SearchFilter(query=parse_query(query), **which), limit=limit)
    assert page.next_cursor is None
    return page.items


async def found(store: Store, query: str, **which: Any) -> list[str]:
    """What is found, in order: the ids of turns, and of sessions by their name."""
    return [hit.turn_id or hit.session_id for hit in await hits(store, query, **which)]


def answered(record: TurnRecord, asked: Sequence[InputMessage], answer: str, *steps: Step, **more: Any) -> Any:
    """Let a turn end with an answer."""
    last = InferenceStep(
        turn_id=record.turn_id, step_id="last", started_at=at(12), model_response=AssistantMessage(content=answer)
    )
    turn = turn_of(
        record,
        status="completed",
        completed_at=at(20),
        input_messages=list(asked),
        steps=[*steps, last],
        output_message=AssistantMessage(content=answer),
        **more,
    )
    return replace(completed(record), turn=turn)


async def talk(
    store: Store, turn_id: str, words: str, answer: str = "Hm.", *steps: Step, second: int = 10, **new: Any
) -> None:
    """Have a turn."""
    asked: list[InputMessage] = new.pop("asked", [UserMessage(content=words)])
    owner, more = new.pop("owner", ANA), new.pop("more", {})
    accepted = await store.accept_turn(owner, new_turn(turn_id, input_messages=asked, at=at(second), **new), node=NODE)
    await store.append([answered(accepted.record, asked, answer, *steps, **more)])


def tool(content: str) -> ToolCallStep:
    return ToolCallStep(
        turn_id="t",
        step_id="tool",
        started_at=at(11),
        tool_call=ToolCall(call_id="c", tool_name="clock"),
        tool_response=ToolResponse(call_id="c", tool_name="clock", content=content),
    )


def marked(hit: SearchHit) -> list[str]:
    """The snippets of a hit, with what matches in brackets."""
    return ["".join(f"[{part.text}]" if part.is_match else part.text for part in each.parts) for each in hit.snippets]


@pytest.fixture
async def talks(store: Store) -> Store:
    """A store with four turns in two sessions."""
    await store.create_session(ANA, session("s2", session_name="Food in Porto", title_source="user", started_at=at(5)))
    await talk(store, "t1", "How do I get to Lisbon?", "Take the night train.", second=10)
    await talk(store, "t2", "And back?", "The same train, by day.", tool("Trains: 7:30, 19:45"), second=20)
    await talk(store, "t3", "What does one eat in Lisbon?", "Sardines, pastéis.", second=30, session_id="s2")
    await talk(store, "t4", "東京都へ行きたい", "好的，我们去东京。", second=40, session_id="s2")
    return store


FOUND: dict[str, list[str]] = {
    "sardines": ["t3"],
    "SARDINES": ["t3"],
    "train": ["t2", "t1"],
    "trains": ["t2"],
    "train night": ["t1"],
    '"night train"': ["t1"],
    '"train night"': [],
    "train -night": ["t2"],
    "-train -東京": ["s2", "s1", "t3"],
    '-"night train" lisbon': ["s1", "t3"],
    "tra*": ["t2", "t1"],
    "-tra* lisbon": ["s1", "t3"],
    '"same tra*"': ["t2"],
    "lisbon": ["s1", "t3", "t1"],
    "porto": ["s2"],
    "porto lisbon": [],
    "pasteis": ["t3"],
    "PASTÉIS": ["t3"],
    "19:45": ["t2"],
    "45:19": [],
    "東京": ["t4"],
    "東京都": ["t4"],
    "京都": ["t4"],
    "東都": [],
    "行きたい": ["t4"],
    "い": ["t4"],
    "我们": ["t4"],
    "去": ["t4"],
    "Madrid": [],
    "": [],
    "*": [],
    "-": [],
    '"': [],
}


async def test_a_query_finds_what_is_there(talks: Store) -> None:
    assert {query: await found(talks, query) for query in FOUND} == FOUND


ODD = [
    "'; DROP TABLE turns; --",
    '"unclosed lisbon',
    "lisbon AND",
    "NOT lisbon",
    "lisbon NEAR/2 (",
    "terms:lisbon",
    "{terms} : lisbon",
    "^lisbon",
    "lisbon + train",
    "lisbon & | ! <-> :* train",
    "\\'lisbon\\'",
    "lisbon\0train",
    "§oabc ¶ §f",
    "% _ / [a-z]* ( ) ** ' ''",
    "a" * 5000,
    " ".join(f"-w{i}" for i in range(500)),
    '"' * 999,
]


async def test_no_query_is_wrong(talks: Store) -> None:
    for query in ODD:
        assert set(await found(talks, query)) <= {"s1", "s2", "t1", "t2", "t3", "t4"}


async def test_what_databases_have_words_for_is_looked_for_as_text(store: Store) -> None:
    await talk(store, "t1", "Lisbon and not Porto or near it")
    await talk(store, "t2", "Lisbon, Porto", second=20)
    assert await found(store, "lisbon AND porto") == ["s1", "t1"]
    assert await found(store, "NOT porto") == ["s1", "t1"]
    assert await found(store, "lisbon OR porto") == ["s1", "t1"]


async def test_a_hit_says_where_it_is_and_shows_what_was_found(talks: Store) -> None:
    name, _, turn = await hits(talks, "lisbon")
    assert (name.session_id, name.agent_id, name.turn_id, name.n) == ("s1", "a1", None, None)
    assert (turn.session_id, turn.session_name, turn.turn_id, turn.n, turn.at) == (
        "s1",
        "How do I get to Lisbon?",
        "t1",
        1,
        at(10),
    )
    assert marked(name) == marked(turn) == ["How do I get to [Lisbon]?"]
    [turn] = await hits(talks, "trains")
    assert [(each.source, each.step_id) for each in turn.snippets] == [("tool", "tool")]
    assert marked(turn) == ["[Trains]: 7:30, 19:45"]
    [turn] = await hits(talks, "東京都")
    assert marked(turn) == ["[東京都]へ行きたい"]


async def test_nothing_of_another_owners_is_found(talks: Store) -> None:
    await talks.create_agent(BEN, agent("b1"))
    await talks.create_session(BEN, session("b-s", agent_id="b1"))
    await talk(talks, "b-t", "Lisbon, secretly", owner=BEN, session_id="b-s", agent_id="b1")
    assert await found(talks, "lisbon", owner=BEN) == ["b-s", "b-t"]
    assert await found(talks, "lisbon") == ["s1", "t3", "t1"]
    assert await found(talks, "lisbon", owner="carl") == []
    assert await found(talks, "lisbon", owner=BEN, agent_id="a1") == []


async def test_filters_by_agent_pin_archive_time_and_session(talks: Store) -> None:
    await talks.create_agent(ANA, agent("a2"))
    await talks.create_session(ANA, session("s3", agent_id="a2", started_at=at(50)))
    await talk(talks, "t5", "Lisbon again", second=60, session_id="s3", agent_id="a2")
    await talks.update_session(ANA, "a1", "s1", patch=SessionPatch(pinned=True), at=at(70))
    await talks.update_session(ANA, "a1", "s2", patch=SessionPatch(archived=True), at=at(70))
    assert await found(talks, "lisbon", archived=None) == ["s3", "s1", "t5", "t3", "t1"]
    assert await found(talks, "lisbon") == ["s3", "s1", "t5", "t1"]
    assert await found(talks, "lisbon", archived=True) == ["t3"]
    assert await found(talks, "lisbon", archived=None, pinned=True) == ["s1", "t1"]
    assert await found(talks, "lisbon", archived=None, pinned=False) == ["s3", "t5", "t3"]
    assert await found(talks, "lisbon", agent_id="a2") == ["s3", "t5"]
    assert await found(talks, "lisbon", but_session="s1") == ["s3", "t5"]
    assert await found(talks, "lisbon", session_id="s1", archived=None) == ["s1", "t1"]
    assert await found(talks, "lisbon", session_id="s2") == []
    assert await found(talks, "lisbon", session_id="s1", agent_id="a2") == []
    assert await found(talks, "lisbon", archived=None, since=at(30)) == ["s3", "t5", "t3"]
    assert await found(talks, "lisbon", archived=None, until=at(30)) == ["s1", "t1"]
    assert await found(talks, "lisbon", archived=None, since=at(10), until=at(31)) == ["t3", "t1"]


async def test_turns_with_files_are_found_by_them_and_by_their_names(talks: Store) -> None:
    file = FileAttachment(name="Fado lyrics.txt", type="text/plain", content="eA==")
    await talk(talks, "t5", "", asked=[UserMessage(content="Lisbon songs", file=file)], second=50)
    made = {"output_attachments": [FileAttachment(name="chart.png", type="image/png", content="eA==")]}
    await talk(talks, "t6", "Draw", second=60, more=made)
    assert await found(talks, "has:file") == ["t6", "t5"]
    assert await found(talks, "lisbon has:file") == ["t5"]
    assert await found(talks, "lisbon -has:file") == ["s1", "t3", "t1"]
    [turn] = await hits(talks, "lyrics")
    assert [each.source for each in turn.snippets] == ["file"]
    assert await found(talks, "png") == ["t6"]


async def test_instructions_are_not_found(store: Store) -> None:
    await talk(store, "t1", "", asked=[SystemMessage(content="Be a pirate"), UserMessage(content="Hello")])
    assert await found(store, "pirate") == []


async def test_a_phrase_does_not_reach_from_one_message_into_the_next(store: Store) -> None:
    await talk(store, "t1", "one two", "three four")
    assert await found(store, '"one two"') == ["s1", "t1"]
    assert await found(store, '"two three"') == []


async def test_a_turn_is_found_once_it_rests_and_as_it_rested_last(store: Store) -> None:
    record = await running(store, words="Lisbon")
    assert await found(store, "lisbon") == ["s1"]
    asked = [UserMessage(content="Lisbon")]
    waits = awaiting(record)
    assert waits.turn is not None
    await store.append([replace(waits, turn=replace(waits.turn, input_messages=asked))])
    assert await found(store, "lisbon") == ["s1", "t1"]
    claimed = await store.claim(ANA, "t1", node=NODE)
    assert claimed is not None
    await store.append([resumed(claimed.record)])
    _, again = await hits(store, "lisbon")
    assert (again.turn_id, again.snippets) == ("t1", [])
    await store.append(
        [replace(answered(claimed.record, asked, "By train"), events=completed(claimed.record, seq=2).events)]
    )
    assert await found(store, "train") == ["t1"]
    assert await found(store, "lisbon") == ["s1", "t1"]


async def test_an_append_that_is_lost_is_not_found(store: Store) -> None:
    record = await running(store)
    zombie = replace(answered(record, [UserMessage(content="x")], "zombie"), epoch=0)
    assert (await store.append([zombie])).lost == {"t1"}
    assert await found(store, "zombie") == []


async def test_a_session_is_found_by_the_name_that_it_has_now(store: Store) -> None:
    assert await found(store, "session") == [], "nobody has named it"
    await store.name_session(ANA, "s1", name="Trip to Braga", source="model")
    assert await found(store, "braga") == ["s1"]
    await store.update_session(ANA, "a1", "s1", patch=SessionPatch(session_name="Trip to Évora"), at=at(5))
    assert await found(store, "braga") == []
    assert await found(store, "evora") == ["s1"]
    await store.update_session(ANA, "a1", "s1", patch=SessionPatch(metadata={"a": 1}), at=at(6))
    await store.name_session(ANA, "s1", name="Braga", source="model")
    assert await found(store, "trip") == ["s1"]


async def test_what_is_deleted_is_not_found(talks: Store) -> None:
    await talks.delete_session(ANA, "a1", "s1")
    assert await found(talks, "lisbon") == ["t3"]
    await talks.delete_agent(ANA, "a1")
    assert await found(talks, "lisbon") == []
    await talks.create_agent(ANA, agent())
    await talks.create_session(ANA, session())
    await talk(talks, "t9", "Lisbon once more", second=10)
    assert await found(talks, "lisbon") == ["s1", "t9"]


async def test_what_is_imported_is_found_at_its_time(talks: Store) -> None:
    record = TurnRecord(
        turn_id="i1",
        session_id="i",
        agent_id="a1",
        agent_version=1,
        owner=ANA,
        n=1,
        status="completed",
        epoch=1,
        created_at=at(15),
    )
    turn = turn_of(record, completed_at=at(16), input_messages=[UserMessage(content="Lisbon before")])
    events = logged(record, said(["x"]), seq=1)
    await talks.import_session(
        ANA, session("i", session_name="From elsewhere"), [ImportedTurn(turn=turn, events=events)]
    )
    assert await found(talks, "lisbon") == ["s1", "t3", "i1", "t1"]
    assert await found(talks, "elsewhere") == ["i"]


async def test_pages_neither_skip_nor_repeat_while_rows_are_added(store: Store) -> None:
    for n in range(1, 8):
        await talk(store, f"t{n}", f"Lisbon {n}", second=10 * n)
    which, seen, cursor = SearchFilter(query=parse_query("lisbon")), [], None
    for n in range(100, 200):
        page = await store.search(ANA, which, limit=2, cursor=cursor)
        seen += [hit.turn_id or hit.session_id for hit in page.items]
        await talk(store, f"t{n}", f"Lisbon {n}", second=10 * n)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["s1", "t7", "t6", "t5", "t4", "t3", "t2", "t1"][: len(seen)]
    assert len(seen) == 8


async def test_what_was_taken_on_at_the_same_time_is_found_all_the_same(store: Store) -> None:
    for n in range(1, 6):
        await store.create_session(ANA, session(f"same{n}", session_name=f"Lisbon {n}"))
        await talk(store, f"t{n}", "Porto", session_id=f"same{n}")
    assert sorted(await found(store, "lisbon")) == [f"same{n}" for n in range(1, 6)]
    assert sorted(await found(store, "porto")) == [f"t{n}" for n in range(1, 6)]


@pytest.mark.parametrize(
    "cursor", ["x", encode_cursor("a", "b"), encode_cursor(-1, "a", "b"), encode_cursor(2**70, "", "")]
)
async def test_a_cursor_that_is_not_ours_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        await store.search(ANA, SearchFilter(query=parse_query("x")), limit=5, cursor=cursor)


async def test_a_very_long_turn_is_stored_and_found_by_its_beginning(store: Store) -> None:
    words = " ".join(f"word{n}" for n in range(60_000))
    await talk(store, "t1", words, "𠮷" * 50_000 + " ﷺ" * 20_000, tool("x" * 300_000))
    assert await found(store, "word7 word8") == ["s1", "t1"] or await found(store, "word7 word8") == ["t1"]
    assert await found(store, "word59999") == []


async def test_a_store_that_is_new_has_nothing_to_catch_up_with(talks: Store) -> None:
    assert await talks.index_older(limit=9) == 0


async def test_events_alone_change_nothing_of_what_is_found(store: Store) -> None:
    record = await running(store, words="Lisbon")
    await store.append([append(record, said(["Porto"]))])
    assert await found(store, "porto") == []

"""What goes out comes in as it was: sessions by chance, here and elsewhere, once and again, whole or not at all."""

import asyncio
import base64
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tertulia.domain.errors import InvalidRequest, SessionNotFound
from tertulia.domain.events import LoggedEvent
from tertulia.domain.exports import ExportedTurn, SessionExport
from tertulia.domain.sessions import SessionPatch
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tertulia.runtime.moving import Move, moved
from tests.golden.logs import LOGS
from tests.runtime.exports import Place, Talk, as_turn, decode, lean, run, talks, with_file
from tests.store.values import NODE, agent, completed, new_turn, session

ANA, BEN = "ana", "ben"


@settings(max_examples=60, deadline=None)
@given(talks())
def test_a_session_that_comes_back_elsewhere_is_the_same(talk: Talk) -> None:
    async def test() -> None:
        there, here = Place(), Place()
        await there.open(ANA)
        await here.open(ANA)
        await there.keep(ANA, talk)
        sent = await there.exported(ANA)
        assert [each.turn for each in sent.turns] == [project(replay(log)) for log in talk.logs]
        assert [each.events for each in sent.turns] == [lean(log) for log in talk.logs]
        _, is_new = await here.imports.bring(ANA, "ana-a", sent)
        came = await here.exported(ANA)
        assert is_new
        assert msgspec.json.encode(replace(came, exported_at=sent.exported_at)) == msgspec.json.encode(sent)
        for file in sent.files:
            assert await here.content(ANA, file.info.file_id) == talk.files[file.info.file_id]
            assert await here.files.get(ANA, file.info.file_id) == await there.files.get(ANA, file.info.file_id)

    run(test())


@settings(max_examples=40, deadline=None)
@given(talks())
def test_where_its_ids_are_taken_a_copy_differs_in_ids_alone(talk: Talk) -> None:
    async def test() -> None:
        place = Place()
        await place.open(ANA, BEN)
        await place.keep(ANA, talk)
        sent = await place.exported(ANA)
        copy, is_new = await place.imports.bring(BEN, "ben-a", sent)
        assert is_new
        assert copy.session_id != "s1"
        again, is_new = await place.imports.bring(BEN, "ben-a", sent)
        assert (again, is_new) == (copy, False)
        came = await place.exported(BEN, copy.session_id)
        assert [file.content for file in came.files] == [file.content for file in sent.files]
        assert _moved_back(came, sent) == [each.events for each in sent.turns]
        for one, other in zip(came.turns, sent.turns, strict=True):
            assert one.turn.turn_id != other.turn.turn_id
            assert {one.turn.turn_id} >= {step.turn_id for step in one.turn.steps}
            assert one.turn.session_id == one.events[0].event.session_id == copy.session_id  # type: ignore[union-attr] - a log begins with turn_queued

    run(test())


@settings(max_examples=40, deadline=None)
@given(talks(), st.data())
def test_a_fork_comes_back_as_a_session_by_itself(talk: Talk, data: st.DataObject) -> None:
    assume(talk.logs)
    tip = data.draw(st.sampled_from([project(replay(log)).turn_id for log in talk.logs]))

    async def test() -> None:
        there, here = Place(), Place()
        await there.open(ANA)
        await here.open(ANA)
        await there.keep(ANA, talk)
        await there.store.fork_session(ANA, "s1", session("s2", agent_id="ana-a"), turn_id=tip)
        for turn_id, place in (("own", {}), ("other", {"parent_turn_id": tip})):
            new = new_turn(turn_id, session_id="s2", agent_id="ana-a", **place)
            await there.store.append([completed((await there.store.accept_turn(ANA, new, node=NODE)).record)])
        if data.draw(st.booleans()):
            await there.store.update_session(
                ANA, "ana-a", "s2", patch=SessionPatch(active_turn_id="own"), at="2026-01-03T00:00:00.000000Z"
            )
        origin, sent = await there.exported(ANA), await there.exported(ANA, "s2")
        shared = {each.turn.turn_id: each for each in origin.turns}
        branch = await there.store.list_history(ANA, tip, limit=99)
        assert [each.turn.input_messages for each in sent.turns[:-2]] == [turn.input_messages for turn in branch[::-1]]
        assert [each.turn.turn_id for each in sent.turns[-2:]] == ["own", "other"]
        assert not shared.keys() & {each.turn.turn_id for each in sent.turns}
        assert (await there.imports.bring(ANA, "ana-a", sent))[1] is False
        for export in (origin, sent):
            came, is_new = await here.imports.bring(ANA, "ana-a", export)
            assert (came.session_id, is_new) == (export.session.session_id, True)
        again = await here.exported(ANA, "s2")
        assert (again.session, again.files) == (sent.session, sent.files)
        assert [each.events for each in again.turns] == [each.events for each in sent.turns]
        assert sent.session.turn_count == len(branch) + 1

    run(test())


def _moved_back(came: SessionExport, sent: SessionExport) -> list[list[LoggedEvent]]:
    pairs = list(zip(came.turns, sent.turns, strict=True))
    move = Move(
        agent_id="ana-a",
        session_id="s1",
        turn_ids={one.turn.turn_id: other.turn.turn_id for one, other in pairs},
        file_ids={one.info.file_id: other.info.file_id for one, other in zip(came.files, sent.files, strict=True)},
    )
    return [[moved(each, other.turn.turn_id, move) for each in one.events] for one, other in pairs]


DATA = b"what is in the file" * 20_000
TALK = Talk(
    session=session(session_name="Plans", title_source="user"),
    logs=[
        with_file("f1", as_turn(1, LOGS["tools_side_by_side"])),
        as_turn(2, LOGS["cancelled_in_mid_answer"], parent="t1"),
    ],
    files={"f1": DATA},
)


async def kept(owner: str = ANA, *others: str) -> Place:
    place = Place()
    await place.open(owner, *others)
    await place.keep(owner, TALK)
    return place


async def test_bringing_it_in_again_changes_nothing_whatever_came_after() -> None:
    place = await kept()
    sent = await place.exported(ANA)
    await place.store.accept_turn(ANA, new_turn("t9", agent_id="ana-a"), node=NODE)
    here, is_new = await place.imports.bring(ANA, "ana-a", sent)
    assert (here.session_id, here.turn_count, is_new) == ("s1", 3, False)


async def test_what_has_gone_another_way_here_comes_as_a_copy_beside_it() -> None:
    place, other = await kept(), await kept()
    await other.store.accept_turn(ANA, new_turn("t3", agent_id="ana-a"), node=NODE)
    sent = await other.exported(ANA)
    came, is_new = await place.imports.bring(ANA, "ana-a", sent)
    assert is_new
    assert came.session_id != "s1"
    assert (came.turn_count, (await place.store.get_session(ANA, "ana-a", "s1")).turn_count) == (3, 2)


async def test_under_another_agent_it_is_a_copy() -> None:
    place = await kept()
    await place.store.create_agent(ANA, agent("second"))
    came, is_new = await place.imports.bring(ANA, "second", await place.exported(ANA))
    assert is_new
    assert (came.agent_id, came.turn_count) == ("second", 2)
    page = await place.store.list_turns(ANA, came.session_id, order="asc", limit=999)
    assert {stored.record.agent_id for stored in page.items} == {"second"}


async def test_many_who_bring_the_same_at_once_bring_it_once() -> None:
    place = await kept(ANA, BEN)
    sent = await place.exported(ANA)
    came = await asyncio.gather(*(place.imports.bring(BEN, "ben-a", sent) for _ in range(8)))
    assert sum(is_new for _, is_new in came) == 1
    assert len({here.session_id for here, _ in came}) == 1


async def test_a_turn_that_had_not_ended_ends_where_it_comes_to() -> None:
    place, here = await kept(), Place()
    await here.open(ANA)
    await place.store.accept_turn(ANA, new_turn("t3", agent_id="ana-a"), node=NODE)
    sent = await place.exported(ANA)
    assert sent.turns[2].turn.status == "running"
    came, _ = await here.imports.bring(ANA, "ana-a", sent)
    assert (came.status, came.last_turn_status) == ("idle", "failed")
    again, is_new = await here.imports.bring(ANA, "ana-a", sent)
    assert (again, is_new) == (came, False)


async def test_what_a_cut_off_answer_said_goes_out_when_its_pieces_are_gone() -> None:
    place = await kept()
    before = await place.exported(ANA)
    assert before.turns[1].turn.output_message.content
    while await place.store.drop_deltas(ended_before="9999", limit=9):
        pass
    after = await place.exported(ANA)
    assert after.turns[1].turn == before.turns[1].turn == project(replay(after.turns[1].events))
    assert after.turns[0] == before.turns[0]


async def test_a_file_goes_out_piece_by_piece() -> None:
    place = await kept()
    exporting = await place.exports.session(ANA, "ana-a", "s1")
    sent = [piece async for piece in exporting.json()]
    assert max(map(len, sent)) < len(DATA)
    [file] = decode(b"".join(sent)).files
    assert base64.b64decode(file.content or "") == DATA


async def test_a_file_that_is_here_is_used_and_one_that_was_lost_keeps_nothing_away() -> None:
    place, here = await kept(), Place()
    await here.open(ANA)
    sent = await place.exported(ANA)
    without = replace(sent, files=[replace(file, content=None) for file in sent.files])
    await here.imports.bring(ANA, "ana-a", without)
    assert not await here.files.has(ANA, "f1")
    await place.store.create_agent(ANA, agent("second"))
    came, _ = await place.imports.bring(ANA, "second", without)
    await place.store.delete_session(ANA, "ana-a", "s1")
    assert await place.store.drop_unused_files(uploaded_before="9999", limit=9)
    assert [each.info.file_id for each in (await place.exported(ANA, came.session_id, "second")).files] == ["f1"]


NO_EXPORTS: dict[str, tuple[str, Any]] = {
    "a name with a NUL": ("/session/session_name", lambda e: _set(e, session=replace(e.session, session_name="\0"))),
    "no id": ("/session/session_id", lambda e: _set(e, session=replace(e.session, session_id="../x"))),
    "no time": ("/session", lambda e: _set(e, session=replace(e.session, started_at="yesterday"))),
    "a turn before its parent": ("/turns/0/events/0", lambda e: _set(e, turns=e.turns[::-1])),
    "a number twice": ("/turns/1/events/0", lambda e: _set(e, turns=[e.turns[0], _numbered(e.turns[1], 1)])),
    "the last number": ("/turns/1/events/0", lambda e: _set(e, turns=[e.turns[0], _numbered(e.turns[1], 2**31 - 1)])),
    "a turn that is missing": ("/turns/0/events/0", lambda e: _set(e, turns=e.turns[1:])),
    "a turn that is there twice": ("/turns", lambda e: _set(e, turns=[e.turns[0]] * 2)),
    "a log with a hole": ("/turns/1/events", lambda e: _set(e, turns=[e.turns[0], _without(e.turns[1], 1)])),
    "another's log": ("/turns/0/events/0", lambda e: _set(e, session=replace(e.session, session_id="s8"))),
    "no base64": ("/files/0/content", lambda e: _set(e, files=[replace(e.files[0], content="?")])),
}


@pytest.mark.parametrize(("pointer", "spoil"), NO_EXPORTS.values(), ids=NO_EXPORTS)
async def test_what_is_no_export_is_refused_by_its_place_and_leaves_nothing(pointer: str, spoil: Any) -> None:
    place, here = await kept(), Place()
    await here.open(ANA)
    with pytest.raises(InvalidRequest) as refused:
        await here.imports.bring(ANA, "ana-a", spoil(await place.exported(ANA)))
    assert [error.pointer for error in refused.value.errors] == [pointer]
    with pytest.raises(SessionNotFound):
        await here.store.get_session(ANA, "ana-a", "s1")
    assert not await here.files.has(ANA, "f1")


async def test_a_file_with_other_bytes_than_it_says_is_refused() -> None:
    place, here = await kept(), Place()
    await here.open(ANA)
    sent = await place.exported(ANA)
    spoiled = replace(sent, files=[replace(sent.files[0], content=base64.b64encode(b"other").decode())])
    with pytest.raises(InvalidRequest, match="damaged"):
        await here.imports.bring(ANA, "ana-a", spoiled)


def _set(export: SessionExport, **changes: Any) -> SessionExport:
    return replace(export, **changes)


def _numbered(turn: ExportedTurn, n: int) -> ExportedTurn:
    move = Move(agent_id="ana-a", session_id="s1", turn_ids={}, file_ids={})
    return replace(turn, events=[moved(each, turn.turn.turn_id, move) for each in as_turn(n, turn.events, parent="t1")])


def _without(turn: ExportedTurn, place: int) -> ExportedTurn:
    return replace(turn, events=[*turn.events[:place], *turn.events[place + 1 :]])

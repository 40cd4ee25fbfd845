"""What is remembered of a session's past."""

import asyncio

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.messages import AssistantMessage, Message, UserMessage, text_of
from tertulia.domain.turns import Turn
from tertulia.models.scripted import Reply
from tertulia.runtime.history import MAX_MESSAGES, MAX_SESSIONS, History
from tertulia.runtime.turns import TurnRequest
from tertulia.store.memory import MemoryStore
from tests.runtime.conftest import OWNER, MakeWorld


def words(past: list[list[Message]]) -> list[str]:
    return [text_of(messages[0].content) for messages in past]


async def test_a_past_that_two_ask_for_at_once_has_each_turn_once(world: MakeWorld) -> None:
    w = await world(Reply("one"), Reply("two"), Reply("three"))
    for text in ("a", "b", "c"):
        await w.turn(text)
    history = History(w.store)
    await history.before(OWNER, w.session_id, 2)
    both = await asyncio.gather(*[history.before(OWNER, w.session_id, 4) for _ in range(2)])
    assert [words(past) for past in both] == [["a", "b", "c"]] * 2


async def test_who_asks_for_an_earlier_past_gets_no_later_turn(world: MakeWorld) -> None:
    w = await world(Reply("one"), Reply("two"), Reply("three"))
    for text in ("a", "b", "c"):
        await w.turn(text)
    history = History(w.store)
    await history.before(OWNER, w.session_id, 2)
    late, early = await asyncio.gather(history.before(OWNER, w.session_id, 4), history.before(OWNER, w.session_id, 3))
    assert (words(late), words(early)) == (["a", "b", "c"], ["a", "b"])


async def test_the_turns_that_have_files_are_remembered_as_such(world: MakeWorld) -> None:
    w = await world(Reply("one"), Reply("two"), Reply("three"))
    file = FileAttachment(name="a.txt", type="text/plain", content="QQ==")
    for message in (UserMessage(content="a"), UserMessage(content="b", file=file), UserMessage(content="c")):
        await w.turns.until_rest(await w.start(TurnRequest(messages=[message])))
    history = History(w.store)
    await history.before(OWNER, w.session_id, 4)
    ((found,),) = history.attached_before(OWNER, w.session_id, 4)
    assert isinstance(found, UserMessage)
    assert found.content == "b"
    assert history.attached_before(OWNER, w.session_id, 2) == []


async def test_what_files_hold_counts_in_what_is_remembered() -> None:
    def turn(session_id: str) -> Turn:
        file = FileAttachment(name="a", content="A" * 40_000)
        message = UserMessage(content="", files=[file] * 10)
        return Turn(
            turn_id="t",
            session_id=session_id,
            n=1,
            status="completed",
            input_messages=[message],
            steps=[],
            output_message=AssistantMessage(),
            started_at="",
        )

    history = History(MemoryStore())
    sessions = [f"s{n}" for n in range(MAX_SESSIONS)]
    for session_id in sessions:
        history.add(OWNER, turn(session_id))
    assert history.attached_before(OWNER, sessions[-1], 2)
    remembered = sum(bool(history.attached_before(OWNER, session_id, 2)) for session_id in sessions)
    assert remembered * 400 <= MAX_MESSAGES

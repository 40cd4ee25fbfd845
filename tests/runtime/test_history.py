"""What is remembered of a session's past."""

import asyncio

import pytest
from msgspec.structs import replace

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.messages import AssistantMessage, Message, UserMessage, text_of
from tertulia.domain.turns import Turn
from tertulia.models.scripted import Reply
from tertulia.runtime.history import AT_FIRST, AT_ONCE, MAX_MESSAGES, MAX_SESSIONS, History
from tertulia.runtime.turns import TurnRequest
from tertulia.store.base import Store
from tertulia.store.memory.store import MemoryStore
from tertulia.store.turns import TurnRecord
from tests.runtime.conftest import OWNER, MakeWorld, World
from tests.store.values import ANA, agent, completed, running, session


def words(past: list[list[Message]]) -> list[str]:
    return [text_of(messages[0].content) for messages in past]


async def record_of(w: World, turn: Turn) -> TurnRecord:
    return (await w.store.get_turn(OWNER, w.agent_id, w.session_id, turn.turn_id)).record


async def test_a_past_that_two_ask_for_at_once_has_each_turn_once(world: MakeWorld) -> None:
    w = await world(*map(Reply, ("one", "two", "three", "four")))
    _, second, _, fourth = [await record_of(w, await w.turn(text)) for text in ("a", "b", "c", "d")]
    history = History(w.store)
    await history.before(second)
    both = await asyncio.gather(*[history.before(fourth) for _ in range(2)])
    assert [words(past) for past in both] == [["a", "b", "c"]] * 2


async def test_who_asks_for_an_earlier_past_gets_no_later_turn(world: MakeWorld) -> None:
    w = await world(*map(Reply, ("one", "two", "three", "four")))
    _, second, third, fourth = [await record_of(w, await w.turn(text)) for text in ("a", "b", "c", "d")]
    history = History(w.store)
    await history.before(second)
    late, early = await asyncio.gather(history.before(fourth), history.before(third))
    assert (words(late), words(early)) == (["a", "b", "c"], ["a", "b"])


async def test_the_turns_that_have_files_are_remembered_as_such(world: MakeWorld) -> None:
    w = await world(*map(Reply, ("one", "two", "three", "four")))
    file = FileAttachment(name="a.txt", type="text/plain", content="QQ==")
    messages = [UserMessage(content="a"), UserMessage(content="b", file=file), UserMessage(content="c")]
    turns = [await w.turns.until_rest(await w.start(TurnRequest(messages=[message]))) for message in messages]
    _, second, third = [await record_of(w, turn) for turn in turns]
    history = History(w.store)
    await history.before(third)
    ((found,),) = history.attached_before(third)
    assert isinstance(found, UserMessage)
    assert found.content == "b"
    await history.before(second)
    assert history.attached_before(second) == []


@pytest.mark.parametrize("is_of_words", [False, True], ids=["files", "words"])
async def test_what_files_and_words_hold_counts_in_what_is_remembered(is_of_words: bool) -> None:
    def turn(turn_id: str) -> Turn:
        file = FileAttachment(name="a", content="" if is_of_words else "A" * 40_000)
        message = UserMessage(content="a" * 400_000 if is_of_words else "", files=[file] * 10)
        return Turn(
            turn_id=turn_id,
            session_id=turn_id,
            n=1,
            status="completed",
            input_messages=[message],
            steps=[],
            output_message=AssistantMessage(),
            started_at="",
        )

    def record(n: int, *, parent: str | None = None) -> TurnRecord:
        return TurnRecord(
            turn_id=f"t{n}" if parent is None else "next",
            owner=OWNER,
            agent_id="a",
            agent_version=1,
            session_id=f"t{n}",
            n=1 if parent is None else 2,
            status="completed",
            epoch=1,
            created_at="",
            parent_turn_id=parent,
        )

    history = History(MemoryStore())
    for n in range(MAX_SESSIONS):
        history.add(record(n), turn(f"t{n}"))
    nexts = [record(n, parent=f"t{n}") for n in range(MAX_SESSIONS)]
    assert history.attached_before(nexts[-1])
    remembered = sum(bool(history.attached_before(each)) for each in nexts)
    assert remembered * 400 <= MAX_MESSAGES


class CountingStore(MemoryStore):
    """Counts the turns that were read for transcripts."""

    def __init__(self) -> None:
        super().__init__()
        self.read = 0

    async def list_history(self, owner: str, turn_id: str, *, limit: int, before_n: int | None = None) -> list[Turn]:
        found = await super().list_history(owner, turn_id, limit=limit, before_n=before_n)
        self.read += len(found)
        return found


async def say(store: Store, turn_id: str, **changes: object) -> TurnRecord:
    record = await running(store, turn_id, words=turn_id, **changes)
    end = completed(record)
    assert end.turn is not None
    turn = replace(end.turn, input_messages=[UserMessage(content=turn_id)])
    await store.append([replace(end, turn=turn)])
    return record


async def test_what_branches_and_forks_have_in_common_is_read_once() -> None:
    store = CountingStore()
    await store.open()
    await store.create_agent(ANA, agent())
    await store.create_session(ANA, session())
    count = AT_ONCE + 50
    for i in range(count):
        await say(store, f"t{i}")
    history = History(store)
    assert len(await history.before(await say(store, "last"))) == count
    assert store.read == count
    branched = await say(store, "branched", parent_turn_id=f"t{count - 2}")
    assert words(await history.before(branched))[-1] == f"t{count - 2}"
    await store.fork_session(ANA, "s1", session("s2"), turn_id=f"t{count - 3}")
    assert len(await history.before(await say(store, "forked", session_id="s2"))) == count - 2
    assert store.read == count
    again = await say(store, "again", session_id="s2")
    history.forget(ANA, "s2")
    assert words(await history.before(again))[-1] == "forked"
    assert store.read <= count + 5 * AT_FIRST


async def test_nothing_is_remembered_of_a_turn_that_is_taken_up_again() -> None:
    store = CountingStore()
    await store.open()
    await store.create_agent(ANA, agent())
    await store.create_session(ANA, session())
    await say(store, "t1")
    second = await say(store, "t2")
    history = History(store)
    history.add(second, (await store.list_history(ANA, "t2", limit=1))[0])
    third = await say(store, "t3")
    assert words(await history.before(third)) == ["t1", "t2"]
    history.forget(ANA, "s1")
    store.read = 0
    await history.before(third)
    assert store.read == 2

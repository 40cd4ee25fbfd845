"""What `search_sessions` finds: the owner's own, the newest first, and nobody else's."""

import pytest

from tertulia.domain.agents import AgentConfig
from tertulia.domain.messages import UserMessage
from tertulia.domain.passages import SNIPPET_CHARS
from tertulia.models.scripted import Reply
from tertulia.runtime.search import MOST_PASSAGES, MOST_SESSIONS, Search
from tertulia.runtime.turns import TurnRequest
from tertulia.tools.builtin.search_sessions import search_sessions_tool
from tests.runtime.conftest import OWNER, MakeWorld, World
from tests.tools.asking import answer, complaint


async def talk(w: World, *words: str, owner: str = OWNER, name: str | None = None) -> str:
    """Have a session with these words; return its id."""
    agent = await w.services.agents.create(owner, AgentConfig(model="scripted/script"))
    session = await w.sessions.create(owner, agent.agent_id, name=name)
    for each in words:
        request = TurnRequest(messages=[UserMessage(content=each)])
        await w.turns.until_rest(await w.turns.start(owner, agent.agent_id, session.session_id, request))
    return session.session_id


async def found(w: World, words: str, *, but: str = "", owner: str = OWNER) -> list[str]:
    return [each.session_id for each in await Search(w.store).find_sessions(owner, words, but)]


async def test_it_finds_what_was_said_and_answered_and_how_a_session_is_called(world: MakeWorld) -> None:
    w = await world(Reply("Take the night train."), Reply("Sardines."), Reply("Fado."))
    asked = await talk(w, "How do I get from Porto to Lisbon?")
    eaten = await talk(w, "What does one eat?", name="Lisbon in spring")
    await talk(w, "What does one hear?")
    assert await found(w, "LISBON") == [eaten, asked]
    assert await found(w, "train night") == [asked]
    assert await found(w, "lisbon sardines") == [], "the words are in the name and in a message, but not together"
    assert await found(w, "Madrid") == []


async def test_it_never_finds_what_is_another_owners(world: MakeWorld) -> None:
    w = await world(*[Reply("Noted.")] * 3)
    secret = await talk(w, "The password is swordfish.", owner="ben")
    mine = await talk(w, "I like swordfish.")
    assert await found(w, "swordfish") == [mine]
    assert await found(w, "swordfish", owner="ben") == [secret]
    tool = search_sessions_tool(Search(w.store).find_sessions)
    assert secret not in await answer(tool, words="swordfish")
    assert "no argument `owner`" in await complaint(tool, words="swordfish", owner="ben")
    assert "no argument `context`" in await complaint(tool, words="swordfish", context={"owner": "ben"})


async def test_it_leaves_out_the_session_that_asks(world: MakeWorld) -> None:
    w = await world(*[Reply("Noted.")] * 2)
    here, there = await talk(w, "Tea?"), await talk(w, "Tea!")
    assert await found(w, "tea", but=here) == [there]


async def test_a_passage_is_the_part_of_a_message_that_has_the_words(world: MakeWorld) -> None:
    w = await world(Reply("Noted."))
    await talk(w, "a " * 1000 + "needle" + " b" * 1000)
    [session] = await Search(w.store).find_sessions(OWNER, "needle", "")
    [passage] = session.passages
    assert "needle" in passage
    assert passage.startswith("…")
    assert passage.endswith("…")
    assert len(passage) <= SNIPPET_CHARS + 2


async def test_how_much_is_found_is_bounded(world: MakeWorld) -> None:
    w = await world(*[Reply("Noted.")] * 100)
    long = await talk(w, "An early word.", *["Later."] * 30, name="Long")
    assert await found(w, "early") == [long]
    [session] = await Search(w.store).find_sessions(OWNER, "noted", "")
    assert session.passages == ["Noted."]
    for n in range(MOST_SESSIONS + 2):
        await talk(w, *[f"One of many, {n}.{m}" for m in range(5)])
    assert len(await found(w, "many")) == MOST_SESSIONS
    assert all(len(each.passages) <= MOST_PASSAGES for each in await Search(w.store).find_sessions(OWNER, "many", ""))


@pytest.mark.parametrize("words", ["%", "_", "\0x", "'; --"])
async def test_signs_of_databases_are_looked_for_as_they_are(world: MakeWorld, words: str) -> None:
    w = await world(*[Reply("Noted.")] * 2)
    await talk(w, "Nothing of it.")
    assert await found(w, words) == []

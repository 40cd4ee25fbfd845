"""What has happened before the pictures are taken: agents, talks of all ages, and turns in every state."""

import datetime as dt
from dataclasses import dataclass

import msgspec

from scripts.screens import words
from scripts.screens.models import MODEL, StageModels, refuses
from scripts.screens.tools import ALMANAC, bridge
from tertulia.client import AsyncClient
from tertulia.domain.agents import AgentConfig
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.messages import UserMessage
from tertulia.domain.sessions import SessionPatch
from tests.e2e.with_tools import GROUP
from tests.extract.samples import pdf

Places = dict[str, str]
"""Parts of addresses, by what they are called in the pictures' own."""

AGENT = AgentConfig(
    model=MODEL,
    name="Almanac",
    description=words.DESCRIPTION,
    instructions="You know the sky over Lisbon. Be exact, and say where a figure comes from.",
    toolgroups=[ALMANAC],
    starters=words.STARTERS,
)
SECRETARY = AgentConfig(
    model=MODEL, name="Secretary", description="Writes letters, keeps the calendar.", toolgroups=[GROUP]
)
POET = AgentConfig(model="local/mistral-small-24b", name="Poet", description="Answers in verse, unless asked not to.")

ALMANAQUE = AgentConfig(model=MODEL, name="Almanaque", instructions="Habla español.")


@dataclass
class Play:
    """A server that is being furnished."""

    client: AsyncClient
    models: StageModels
    agent_id: str = ""

    async def begin(self) -> str:
        """Begin a session."""
        return (await self.client.create_session(self.agent_id)).session_id

    async def talk(self, asked: str | UserMessage) -> str:
        """Say something in a session of its own, and wait until its turn rests; return where that is."""
        session_id = await self.begin()
        await self.client.create_turn(self.agent_id, session_id, [asked] if isinstance(asked, UserMessage) else asked)
        return f"{self.agent_id}/s/{session_id}"

    def ago(self, **before: float) -> None:
        """Go on so long before now."""
        self.models.clock.go_to(dt.timedelta(**before))


async def furnish(client: AsyncClient, models: StageModels) -> Places:
    """Play everything, in the order of time."""
    play = Play(client, models)
    play.ago(days=80)
    (given, *_) = (await client.list_agents()).agents
    agent = await client.update_agent(given.agent_id, msgspec.to_builtins(AGENT))
    play.agent_id = agent.agent_id
    places = {"agent": agent.agent_id} | await _earlier(play)
    play.ago(minutes=55)
    places |= await _turns(play)
    places |= await _decisions(client, models)
    places |= await _spanish(client, models)
    play.ago(seconds=3)
    return places | await _running(play, places["talk"])


async def _earlier(play: Play) -> Places:
    """What fills the list."""
    ids = dict[str, str]()
    for message, days in words.EARLIER.items():
        play.ago(days=days)
        ids[message] = (await play.talk(message)).rpartition("/")[2]
    client, agent_id = play.client, play.agent_id
    await client.update_session(agent_id, ids[words.PINNED], SessionPatch(pinned=True))
    for message, tags in words.TAGGED.items():
        await client.update_session(agent_id, ids[message], SessionPatch(tags=tags))
    for message in words.ARCHIVED:
        await client.update_session(agent_id, ids[message], SessionPatch(archived=True))
    play.ago(hours=2)
    for message in words.DELETED:
        await client.delete_session(agent_id, ids[message])
    live, old = [await client.create_share(agent_id, ids[one], live=one == words.SHARED[0]) for one in words.SHARED]
    await client.revoke_share(agent_id, ids[words.SHARED[1]], old.share_id)
    return {"live": live.token, "revoked": old.token}


async def _turns(play: Play) -> Places:
    """One turn that failed, one that was stopped, one with files, and the talk that most pictures show."""
    models, client = play.models, play.client
    models.will(refuses)
    places = {"failed": await play.talk(words.TOO_LONG)}
    play.ago(minutes=47)
    places["stopped"] = await _stopped(play)
    play.ago(minutes=31)
    kept = [await client.upload_file(*each) for each in (("tejo.png", bridge()), ("bridge.pdf", pdf(*words.PAGES)))]
    files = [FileAttachment(file_id=each.file_id) for each in kept]
    models.will(models.says(words.ABOUT_FILES))
    places["files"] = await play.talk(UserMessage(content=words.FILE_QUESTION, files=files))
    play.ago(minutes=12)
    models.will(
        models.calls("daylight", '{"place": "Lisbon", "months": 5}', thought=words.THOUGHT),
        models.says(words.ANSWER, input_tokens=418),
    )
    places["talk"] = await play.talk(words.QUESTION)
    session_id = places["talk"].rpartition("/")[2]
    places["shared"] = (await client.create_share(play.agent_id, session_id, include="steps")).token
    return places


async def _stopped(play: Play) -> str:
    client, agent_id, session_id = play.client, play.agent_id, await play.begin()
    play.models.will(play.models.begins(words.STOPPED))
    turn = await client.start_turn(agent_id, session_id, words.NAMES_QUESTION)
    async for logged in client.follow_turn(agent_id, session_id, turn.turn_id):
        if "Diomedes" in str(logged):
            await client.cancel_turn(agent_id, session_id, turn.turn_id)
    return f"{agent_id}/s/{session_id}"


async def _decisions(client: AsyncClient, models: StageModels) -> Places:
    """An agent whose tools wait for a person, and one more for the list."""
    await client.create_agent(POET)
    play = Play(client, models, (await client.create_agent(SECRETARY)).agent_id)
    play.ago(minutes=8)
    models.will(models.calls("book_table", "{}"))
    question = await play.talk(words.TABLE_QUESTION)
    play.ago(minutes=4)
    models.will(models.calls("send_mail", words.MAIL))
    return {"secretary": play.agent_id, "question": question, "approval": await play.talk(words.MAIL_QUESTION)}


async def _spanish(client: AsyncClient, models: StageModels) -> Places:
    """An agent that speaks Spanish."""
    play = Play(client, models, (await client.create_agent(ALMANAQUE)).agent_id)
    play.ago(minutes=2)
    models.will(models.says(words.SPANISH_ANSWER))
    return {"spanish": await play.talk(words.SPANISH)}


async def _running(play: Play, talk: str) -> Places:
    """A turn that goes on for as long as pictures are taken."""
    play.models.will(play.models.begins(words.STREAMED))
    session_id = talk.rpartition("/")[2]
    session = await play.client.fork_session(play.agent_id, session_id, session_name=words.NEXT)
    await play.client.start_turn(play.agent_id, session.session_id, words.NEXT)
    return {"running": f"{play.agent_id}/s/{session.session_id}"}

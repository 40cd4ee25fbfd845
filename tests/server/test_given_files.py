"""A file on its way from a client to a model: what goes over the wire to the model server, and what people are told."""

import asyncio
import base64
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tertulia.domain.shields import PatternShield
from tertulia.models.http import open_session
from tertulia.models.openai_chat import OpenAIChat
from tertulia.models.server_spec import ServerSpec
from tests.extract import samples
from tests.fakes.upstream import Upstream, answers, stop, streams, text
from tests.server.conftest import OpenSite
from tests.server.site import Site

LISTED = answers(200, {"data": [{"id": "eyes", "capabilities": ["vision"], "max_model_len": 2_000}, {"id": "mystery"}]})
SAYS_HI = streams(text("Hi."), stop())


class Talk:
    """A session of a site, and the model server behind it."""

    def __init__(self, site: Site, upstream: Upstream, session: str) -> None:
        self.site = site
        self.upstream = upstream
        self.session = session

    async def say(self, words: str, **message: Any) -> dict[str, Any]:
        """Send a message, and return its turn."""
        body = {"messages": [{"role": "user", "content": words, **message}]}
        answer = await self.site.post(f"{self.session}/turn", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def asked(self, turn: dict[str, Any]) -> dict[str, Any]:
        """What the server says that the model was asked in the first step of a turn."""
        return (
            await self.site.get(f"{self.session}/turn/{turn['turn_id']}/step/{turn['steps'][0]['step_id']}/request")
        ).json()

    @property
    def sent(self) -> list[Any]:
        """The content of every message of the last request to the model server."""
        return [message["content"] for message in self.upstream.requests[-1].json["messages"]]


MakeTalk = Callable[..., Any]


@pytest.fixture
def talk(open_: OpenSite) -> MakeTalk:
    """Begin a talk with a model: `async with talk("eyes") as on`."""

    @asynccontextmanager
    async def make(model: str, agent: dict[str, Any] | None = None, **options: Any) -> AsyncGenerator[Talk, None]:
        async with Upstream(LISTED, SAYS_HI) as upstream, open_session() as session:
            server = OpenAIChat(ServerSpec(name="fake", url=upstream.url), session)
            site = await open_(servers=[server], **options)
            made = await site.new_agent(**{"model": f"fake/{model}", "instructions": "", **(agent or {})})
            yield Talk(site, upstream, await site.new_session(made))

    return make


def attached(content: bytes, name: str, media_type: str = "application/octet-stream") -> dict[str, Any]:
    return {"name": name, "type": media_type, "content": base64.b64encode(content).decode()}


def told(turn: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """What people are told that the model was given of each file."""
    (step,) = [step for step in turn["steps"] if step["step_type"] == "inference"]
    return [(each["name"], each["given"], each["is_whole"]) for each in step["metadata"]["attachments"]]


async def test_of_a_document_and_an_image_the_model_is_given_text_and_pixels(talk: MakeTalk) -> None:
    async with talk("eyes") as on:
        plan = attached(samples.pdf("Attack at dawn"), "plan.pdf", "application/pdf")
        photo = attached(samples.image((3_000, 30), "JPEG"), "photo.jpg", "image/jpeg")
        turn = await on.say("Look", files=[plan, photo])
        (content,) = on.sent
        assert [part["type"] for part in content] == ["text", "text", "text", "image_url"]
        assert content[0]["text"] == "Look"
        assert content[1]["text"].startswith("Attached file: plan.pdf (application/pdf, ")
        assert "\n```\n[page 1 of 1]\nAttack at dawn\n\n```" in content[1]["text"]
        assert content[2]["text"].startswith("Attached image: photo.jpg (image/jpeg, ")
        assert content[2]["text"].endswith("[scaled down from 3000 × 30]")
        assert content[3]["image_url"]["url"].startswith("data:image/jpeg;base64,/9j/")
        assert told(turn) == [
            ("plan.pdf", "text 30 characters, 1 page", True),
            ("photo.jpg", "image 1568 × 16, scaled down from 3000 × 30", True),
        ]


async def test_a_later_turn_still_has_them_as_they_were(talk: MakeTalk) -> None:
    async with talk("eyes") as on:
        await on.say("Look", file=attached(samples.word("Attack at dawn"), "plan.docx"))
        (first,) = on.sent
        turn = await on.say("When?")
        assert on.sent == [first, "Hi.", "When?"]
        assert "Attack at dawn" in first
        assert "attachments" not in turn["steps"][0]["metadata"]


async def test_a_model_that_nobody_knows_to_look_is_told_of_an_image(talk: MakeTalk) -> None:
    async with talk("mystery") as on:
        turn = await on.say("Look", file=attached(samples.image(), "a.png", "image/png"))
        (content,) = on.sent
        assert "[Attached file: a.png (image/png, " in content
        assert "Its content is not shown: the model fake/mystery does not look at images" in content
        (name, given, is_whole) = told(turn)[0]
        assert (name, is_whole) == ("a.png", False)
        assert given.startswith("its name: the model fake/mystery")


async def test_the_operator_can_say_that_it_looks(talk: MakeTalk) -> None:
    async with talk("mystery", image_models=["fake/*"]) as on:
        await on.say("Look", file=attached(samples.image(), "a.png", "image/png"))
        assert on.sent[0][-1]["type"] == "image_url"
        models = (await on.site.get("/v1/models")).json()["models"]
        assert {model["takes_images"] for model in models if model["server"] == "fake"} == {True}


async def test_what_is_too_long_for_the_window_is_cut_and_old_files_leave_it_with_their_turns(talk: MakeTalk) -> None:
    async with talk("eyes") as on:  # whose window is 2,000 tokens
        first = await on.say("One", file=attached(b"a" * 50_000, "one.txt", "text/plain"))
        assert told(first) == [("one.txt", "text 3,000 of 50,000 characters", False)]
        second = await on.say("Two", file=attached(b"b" * 50_000, "two.txt", "text/plain"))
        assert second["steps"][0]["metadata"]["history_truncated"] == 1
        asked = await on.asked(second)
        assert (asked["left_out"], [each["role"] for each in asked["messages"]]) == (1, ["user"])
        (content,) = on.sent
        assert "b" * 3_000 in content
        assert "The file goes on: what is shown are its first 3,000 of 50,000 characters." in content


async def test_a_file_that_cannot_be_read_never_fails_the_turn(talk: MakeTalk) -> None:
    async with talk("eyes", extract_timeout=0.01) as on:
        turn = await on.say("Look", file=attached(samples.pdf("Hello"), "a.pdf", "application/pdf"))
        assert turn["status"] == "completed"
        assert told(turn) == [("a.pdf", "its name: reading it takes too long", False)]


async def test_a_shield_looks_into_documents(talk: MakeTalk) -> None:
    shield = PatternShield(shield_id="secrets", patterns=["attack at \\w+"])
    async with talk("eyes", {"input_shields": ["secrets"]}, shields=[shield]) as on:
        turn = await on.say("Look", file=attached(samples.word("We attack at dawn"), "plan.docx"))
        assert turn["steps"][0]["violation"]["violation_level"] == "error"
        assert all(request.method == "GET" for request in on.upstream.requests)


PROGRAM = """
import asyncio, sys
import tertulia.cli.serve
from tertulia import testing
from tertulia.domain.agents import AgentConfig
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.messages import UserMessage
from tertulia.runtime.turns import TurnRequest

async def main():
    on = testing.services(testing.ScriptedModel([testing.Reply("Hi.")]))
    await on.start()
    agent = await on.agents.create("ana", AgentConfig(model="scripted/script"))
    session = await on.sessions.create("ana", agent.agent_id)
    file = FileAttachment(name="a.pdf", type="application/pdf", content=sys.argv[1])
    request = TurnRequest(messages=[UserMessage(content="Look", file=file)])
    record = await on.turns.start("ana", agent.agent_id, session.session_id, request, key=None)
    turn = await on.turns.until_rest(record)
    print(turn.steps[0].metadata["attachments"][0]["given"])
    await on.stop()

asyncio.run(main())
print({"PIL", "bs4", "docx", "lxml", "markdownify", "openpyxl", "pptx", "pypdf"} & {*sys.modules})
"""


@pytest.mark.slow
async def test_a_server_never_imports_what_reads_files_not_even_when_one_is_read() -> None:
    content = base64.b64encode(samples.pdf("Hello")).decode()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, content, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert out.decode().splitlines()[-2:] == ["text 21 characters, 1 page", "set()"]

"""Sound on a message plays where it stands, and what cannot be played is a card to download."""

import io
import wave

import pytest
from playwright.async_api import expect

from tertulia.client import AsyncClient
from tertulia.domain.agents import Agent
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.messages import UserMessage
from tests.e2e.axe import violations
from tests.e2e.visitor import Visit

RATE = 8000


def sound() -> bytes:
    """A second of a WAV."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams((1, 1, RATE, 0, "NONE", ""))
        file.writeframes(bytes(128 + (40 if n // 10 % 2 else -40) for n in range(RATE)))
    return written.getvalue()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_sound_is_heard_and_a_broken_film_is_a_card(
    visit: Visit, agent: Agent, client: AsyncClient, scheme: str
) -> None:
    visitor = await visit(agent, color_scheme=scheme)
    session = await client.create_session(agent.agent_id, session_name="Sounds")
    kept = [
        await client.upload_file("bell.wav", sound()),
        await client.upload_file("film.mp4", b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(2000)),
    ]
    assert [file.type for file in kept] == ["audio/wav", "video/mp4"]
    files = [FileAttachment(file_id=file.file_id) for file in kept]
    await client.create_turn(agent.agent_id, session.session_id, [UserMessage(content="Listen", files=files)])

    await visitor.open_session(session.session_id)
    card = visitor.turn("Listen").get_by_role("group", name="bell.wav")
    heard = card.locator("audio")
    await expect(heard).to_be_visible()
    await heard.evaluate("audio => audio.muted = true")
    await heard.evaluate("audio => audio.play()")
    await expect(heard).to_have_js_property("ended", True)
    assert await heard.evaluate("audio => audio.duration") == 1
    film = visitor.turn("Listen").get_by_role("group", name="film.mp4")
    await expect(film.get_by_role("button", name="Download film.mp4")).to_be_visible()
    await expect(film.locator("video")).to_have_count(0)
    assert await violations(visitor.page) == []
    async with visitor.page.expect_download() as download:
        await card.get_by_role("button", name="Download bell.wav").click()
    assert (await download.value).suggested_filename == "bell.wav"

"""The terminal's page while its server dies in the midst of an answer, and comes back: nothing twice, nothing lost."""

from pathlib import Path

import pytest

from tertulia.client import AsyncClient, Patience
from tertulia.terminal.composer import Composer
from tests.cli.server_process import serving
from tests.terminal.opened import opened

pytestmark = pytest.mark.slow


async def test_a_turn_goes_on_by_itself_when_the_server_is_back(tmp_path: Path) -> None:
    patience = Patience(attempts=2, first_wait=0.1)
    with serving(tmp_path / "data") as first:
        async with AsyncClient(first.url, patience=patience) as client:
            agent_id = (await client.get_config()).default_agent_id
            assert agent_id is not None
            async with opened(client, agent_id) as one:
                await one.says("hello")
                await one.sees("I am the demo model")
                first.process.kill()
                first.process.wait()
                await one.sees("◌ reconnecting…")
                await one.says("time")
                with serving(tmp_path / "data", "--port", str(first.port)):
                    await one.until(lambda: len(one.page.talk.views) == 2)
                    await one.sees("✓ clock")
                    answers = [await one.answer(), one.page.talk.views[0].answer]
                    session = one.page.session
                    assert session is not None
                    turns = (await client.list_turns(agent_id, session.session_id, order="desc")).turns
                    assert "reconnecting" not in one.screen
    assert [str(turn.input_messages[0].content) for turn in turns] == ["time", "hello"]
    assert turns[1].output_message.content == answers[1]
    assert turns[0].output_message.content in answers[0]


async def test_a_message_that_no_server_has_taken_is_given_back_when_one_goes_elsewhere_or_leaves(
    tmp_path: Path,
) -> None:
    with serving(tmp_path / "data") as server:
        async with AsyncClient(server.url, patience=Patience(attempts=2, first_wait=0.1)) as client:
            agent_id = (await client.get_config()).default_agent_id
            assert agent_id is not None
            async with opened(client, agent_id) as one:
                server.process.kill()
                server.process.wait()
                await one.says("Do not lose this")
                await one.sees("◌ reconnecting…")
                await one.press("ctrl+n")
                await one.sees("Nothing was said yet.")
                assert one.page.query_one(Composer).text == "Do not lose this"
                await one.press("enter")
                await one.types("nor this")
                await one.until(lambda: bool(one.page.talk.unsent))
                await one.press("ctrl+q")
            assert one.page.unsent == ["Do not lose this", "nor this"]

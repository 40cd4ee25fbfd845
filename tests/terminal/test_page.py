"""The terminal's page, by keyboard, on a real server: turns, steps, sessions, files, and what goes wrong."""

import asyncio
from pathlib import Path

import pytest
from textual.widgets import OptionList, Static

from tertulia.client import AsyncClient, NotFound
from tertulia.models.scripted import Call, Reply, Think
from tertulia.terminal.composer import Composer
from tertulia.terminal.dialogs import Confirm, Help
from tertulia.terminal.folds import Fold
from tests.runtime.tools import EchoTool
from tests.server.live import serve_live
from tests.terminal.opened import file_at, opened, person

pytestmark = pytest.mark.slow

HOSTILE = "\x1b[31mred\x1b[0m \x1b]0;owned\x07 \x9b2J &#27;[2J &#13;over &#x85; [@click=app.quit]press[/] \u2028 end"


async def test_a_turn_is_streamed_as_markdown_with_its_steps_a_line_each() -> None:
    gate = asyncio.Event()
    replies = (
        Reply(Think("What did they say?"), Call("echo", {"text": "a town by the sea"}, call_id="c1")),
        Reply("# Lisbon\n\nIt is **by", " the sea**", gate, ", and\n\n- steep\n- white\n"),
    )
    async with person(*replies, tools=[EchoTool()]) as one:
        await one.sees("Nothing was said yet.")
        await one.says("Where is Lisbon?")
        await one.sees("It is by the sea")
        assert "● answering" in one.screen
        assert '✓ echo {"text":"a town by the sea"} · a town by the sea ▸' in one.screen
        assert "# Lisbon" not in one.screen
        gate.set()
        await one.sees("• white")
        await one.sees("tokens · scripted/script")
        assert "Where is Lisbon?" in one.screen.splitlines()[0], "the session has the name that the server gave it"

        assert "→ a town by the sea" not in one.screen
        await one.press("ctrl+t")
        await one.sees('"text": "a town by the sea"')
        await one.sees("→ a town by the sea")
        await one.press("ctrl+t", "shift+tab", "enter")
        assert [fold.is_open for fold in one.page.query(Fold)] == [False, True]


async def test_there_is_no_session_before_something_is_said() -> None:
    async with person() as one:
        await one.press("ctrl+n")
        agent_id = one.page.talk.agent.agent_id
        assert (await one.client.list_sessions(agent_id)).sessions == []
        await one.says("Hello")
        await one.sees("I am a script")
        await one.press("ctrl+n")
        await one.sees("Nothing was said yet.")
        assert len((await one.client.list_sessions(agent_id)).sessions) == 1


async def test_nothing_that_a_model_or_a_tool_says_steers_the_terminal() -> None:
    replies = (Reply(Call("echo", {"text": HOSTILE}, call_id="c1")), Reply(HOSTILE), Reply(f"```\n{HOSTILE}\n```"))
    async with person(*replies, tools=[EchoTool()], name=f"A{HOSTILE}"[:60]) as one:
        await one.says("one")
        await one.sees("red")
        await one.answer()
        await one.says("two")
        await one.until(lambda: one.page.talk.newest is not None and len(one.page.talk.views) == 2)
        await one.answer()
        await one.press("ctrl+t")
        await one.pilot.pause()
        assert "[@click=app.quit]press[/]" in one.screen
        assert all(segment.text.isprintable() for segment in one.segments)
        assert not any(segment.style and segment.style.link for segment in one.segments)


async def test_what_arrives_while_a_session_is_left_disturbs_nobody() -> None:
    gate, goes, may_go = asyncio.Event(), asyncio.Event(), asyncio.Event()

    class Slow(Static):
        async def on_unmount(self) -> None:
            goes.set()
            await may_go.wait()

    async with person(Reply("One ", gate, Call("echo", {"text": "two"})), Reply("three."), tools=[EchoTool()]) as one:
        await one.says("Count")
        await one.sees("One")
        session, view = one.page.session, one.page.talk.newest
        assert session is not None
        assert view is not None
        await one.page.talk.mount(Slow("a part that is long in going"))
        leaving = asyncio.create_task(one.press("ctrl+n"))
        await goes.wait()
        gate.set()
        async with one.client.follow_turn(session.agent_id, session.session_id, str(view.turn_id)) as events:
            assert [logged async for logged in events]
        may_go.set()
        await leaving
        await one.sees("Nothing was said yet.")
        assert "new session" in one.screen.splitlines()[0]


async def test_escape_stops_the_turn_and_what_came_stays() -> None:
    async with person(Reply("It began", asyncio.Event())) as one:
        await one.says("Go")
        await one.sees("It began")
        await one.press("escape")
        await one.sees("stopped")
        assert await one.answer() == "It began"
        view = one.page.talk.newest
        assert view is not None
        assert view.status == "cancelled"


async def test_leaving_stops_no_turn_and_coming_back_shows_it_to_the_end() -> None:
    gate = asyncio.Event()
    async with serve_live(Reply("One two ", gate, "three four."), tools=[]) as live:
        agent_id = (await live.site.new_agent()).rpartition("/")[2]
        async with AsyncClient(f"http://127.0.0.1:{live.port}") as client:
            async with opened(client, agent_id) as one:
                await one.says("Count")
                await one.sees("One two")
                session = one.page.session
                await one.press("ctrl+q")
            assert session is not None
            async with opened(client, agent_id, session.session_id) as one:
                await one.sees("One two")
                await one.sees("● answering")
                gate.set()
                await one.sees("three four.")
                assert await one.answer() == "One two three four."
                assert one.screen.count("One two") == 1


async def test_what_happens_in_the_session_elsewhere_is_shown_here() -> None:
    async with person(Reply("Here."), Reply("There.")) as one:
        await one.says("Hello")
        await one.sees("Here.")
        session = one.page.session
        assert session is not None
        await one.client.create_turn(session.agent_id, session.session_id, "From another tab")
        await one.sees("From another tab")
        await one.sees("There.")
        assert one.screen.count("There.") == 1
        await one.says("/rename Plans for Lisbon")
        await one.sees("· Plans for Lisbon")
        assert (await one.client.get_session(session.agent_id, session.session_id)).session_name == "Plans for Lisbon"


async def test_an_answer_is_tried_again_and_the_first_one_stays_as_a_branch() -> None:
    async with person(Reply("First."), Reply("Second."), Reply("Third."), Reply("Fourth.")) as one:
        await one.says("/retry")
        await one.sees("There is no answer yet")
        await one.says("Hello")
        await one.sees("First.")
        await one.says("And now?")
        await one.sees("Second.")
        await one.says("/retry")
        await one.sees("Third.")
        await one.until(lambda: "Second." not in one.screen)
        assert one.screen.index("First.") < one.screen.index("And now?") < one.screen.index("Third.")
        session = one.page.session
        assert session is not None
        turns = [turn async for turn in one.client.iter_turns(session.agent_id, session.session_id)]
        assert [turn.output_message.content for turn in turns] == ["First.", "Third."]
        await one.client.retry_turn(session.agent_id, session.session_id, turns[0].turn_id)
        await one.sees("Fourth.")
        await one.until(lambda: len(one.page.talk.views) == 1)


async def test_a_turn_that_another_branch_takes_the_place_of_is_followed_no_more() -> None:
    gate = asyncio.Event()
    async with person(Reply("First."), Reply("Second.", gate), Reply("Third.")) as one:
        await one.says("Hello")
        await one.sees("First.")
        await one.says("And now?")
        await one.sees("Second.")
        first, second = one.page.talk.views
        follower = second.follower
        session = one.page.session
        assert follower is not None
        assert session is not None
        assert first.turn_id is not None
        await one.client.start_retry(session.agent_id, session.session_id, first.turn_id)
        await one.until(lambda: follower.is_finished)
        gate.set()
        await one.sees("Third.")
        assert len(one.page.talk.views) == 1


async def test_messages_wait_for_their_turn_while_another_runs() -> None:
    gate = asyncio.Event()
    async with person(Reply("First.", gate), Reply("Second.")) as one:
        await one.says("one")
        await one.sees("First.")
        await one.says("two")
        await one.sees("waiting for its turn…")
        gate.set()
        await one.sees("Second.")


async def test_what_the_server_refuses_comes_back_with_its_reason() -> None:
    async with person() as one:
        await one.says("Hello")
        await one.sees("I am a script")
        session = one.page.session
        assert session is not None
        await one.client.delete_session(session.agent_id, session.session_id)
        await one.says("Do not lose this")
        await one.sees("There is no session")
        assert one.page.query_one(Composer).text == "Do not lose this"
        assert len(one.page.talk.views) == 1


async def test_sessions_are_found_opened_renamed_and_deleted_by_keys() -> None:
    async with person() as one:
        agent_id = one.page.talk.agent.agent_id
        ids = [
            (await one.client.create_session(agent_id, session_name=f"Trip {number}")).session_id
            for number in range(60)
        ]
        await one.client.create_turn(agent_id, ids[7], "To Porto")
        await one.press("ctrl+o")
        await one.sees("To Porto")
        options = one.page.screen.query_one(OptionList)
        assert options.option_count == 50
        await one.press(*["pagedown"] * 5)
        await one.until(lambda: options.option_count == 60)
        await one.pastes("trip 5")
        await one.until(lambda: options.option_count == 11)
        await one.press("ctrl+u")
        await one.pastes("trip 33")
        await one.until(lambda: options.option_count == 1)
        await one.press("f2")
        await one.sees("Another name:")
        await one.press("ctrl+u")
        await one.pastes("Coimbra")
        await one.press("enter")
        await one.sees("Coimbra")
        await one.press("ctrl+d")
        await one.until(lambda: isinstance(one.page.screen, Confirm))
        await one.press("n", "ctrl+d")
        await one.until(lambda: isinstance(one.page.screen, Confirm))
        assert (await one.client.get_session(agent_id, ids[33])).session_name == "Coimbra"
        await one.press("y")
        await one.until(lambda: options.option_count == 0)
        with pytest.raises(NotFound):
            await one.client.get_session(agent_id, ids[33])
        await one.press("ctrl+u")
        await one.pastes("trip 7")
        await one.until(lambda: options.option_count == 1)
        await one.press("enter")
        await one.sees("I am a script")
        assert one.page.session is not None
        assert one.page.session.session_id == ids[7]


async def test_tags_are_put_on_a_session_seen_in_the_list_looked_for_and_taken_off() -> None:
    async with person() as one:
        await one.says("/tag travel")
        await one.sees("There is no session yet")
        await one.says("Hello")
        await one.sees("I am a script")
        session = one.page.session
        assert session is not None
        await one.client.create_session(session.agent_id, session_name="Taxes")
        await one.says("/tag #travel, two  words")
        await one.sees("#travel #two words")
        kept = await one.client.get_session(session.agent_id, session.session_id, turns="none")
        assert kept.tags == ["travel", "two words"]
        await one.press("ctrl+o")
        await one.sees("Taxes")
        assert "#travel #two words" in one.screen
        options = one.page.screen.query_one(OptionList)
        await one.pastes("#two words")
        await one.until(lambda: options.option_count == 1)
        assert "Hello" in one.screen
        await one.press("escape")
        await one.says("/untag travel")
        await one.until(lambda: "#travel" not in one.screen.splitlines()[0])
        await one.says("/tag " + "x" * 41)
        await one.sees("/tags/0")
        kept = await one.client.get_session(session.agent_id, session.session_id, turns="none")
        assert kept.tags == ["two words"]


async def test_earlier_turns_come_as_one_goes_up() -> None:
    async with person() as one:
        agent_id = one.page.talk.agent.agent_id
        session = await one.client.create_session(agent_id)
        for number in range(23):
            await one.client.create_turn(agent_id, session.session_id, f"number {number}")
        await one.press("ctrl+o")
        await one.sees("number 0")
        await one.press("enter")
        await one.sees("number 22")
        assert len(one.page.talk.views) == 20
        await one.until(lambda: one.page.talk.max_scroll_y > 0)
        one.page.talk.scroll_home(animate=False)
        await one.until(lambda: one.page.talk.scroll_y == 0)
        await one.press("pageup")
        await one.until(lambda: len(one.page.talk.views) == 23)
        numbers = [str(view.messages[0].content) for view in one.page.talk.views]
        assert numbers == [f"number {number}" for number in range(23)]


async def test_another_agent_is_chosen_by_name() -> None:
    async with person(name="First") as one:
        other = await one.site.new_agent(name="Second")
        await one.says("/agent")
        await one.sees("Second")
        await one.press(*"sec", "enter")
        await one.sees("Second · new session")
        assert other.endswith(one.page.talk.agent.agent_id)


async def test_files_go_along_by_path_and_by_drop(tmp_path: Path) -> None:
    plan, photo = file_at(tmp_path / "my plan.md", b"# Plan"), file_at(tmp_path / "notes.txt", b"12345")
    async with person() as one:
        await one.types(f"/attach {tmp_path}/my")
        await one.press("tab", "enter")
        await one.sees("▪ my plan.md · 6 B")
        await one.pastes(f"'{photo}'")
        await one.sees("▪ notes.txt · 5 B")
        await one.press("backspace")
        await one.until(lambda: "notes.txt" not in one.screen)
        await one.says("Look at it")
        await one.sees("I am a script")
        assert "▪ my plan.md" in one.screen
        view = one.page.talk.newest
        assert view is not None
        assert view.turn is not None
        session = one.page.session
        assert session is not None
        (turn,) = (await one.client.list_turns(session.agent_id, session.session_id)).turns
        (file,) = turn.input_messages[0].attachments  # pyright: ignore[reportAttributeAccessIssue] - it is the user's
        assert await one.client.get_file_content(str(file.file_id)) == plan.read_bytes()

        await one.says(f"/attach {tmp_path}/none.md")
        await one.sees("There is no file")


async def test_the_talk_can_be_written_to_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    async with person() as one:
        await one.says("Hello")
        await one.sees("I am a script")
        await one.says(f"/export {tmp_path}/talk.md")
        await one.sees("Written:")
        assert "I am a script" in (tmp_path / "talk.md").read_text()
        await one.says(f"/export {tmp_path}/talk.md")
        await one.sees("already")


async def test_help_names_keys_and_commands_and_what_is_no_command_is_said() -> None:
    async with person() as one:
        await one.types("/e")
        await one.sees("/export · Tab")
        await one.press("tab")
        assert one.page.query_one(Composer).text == "/export "
        await one.press("enter")
        await one.sees("/export PATH: write this session")
        one.page.query_one(Composer).load_text("")
        await one.says("/nothing")
        await one.sees("There is no /nothing.")
        await one.press("f1")
        await one.until(lambda: isinstance(one.page.screen, Help))
        assert "Ctrl+Q" in one.screen


async def test_arrow_up_brings_back_what_was_said_and_a_new_line_is_no_end() -> None:
    async with person() as one:
        await one.press("h", "i", "ctrl+j", "y", "o", "u", "enter")
        await one.sees("I am a script")
        assert one.page.talk.views[0].messages[0].content == "hi\nyou"
        await one.press("up")
        assert one.page.query_one(Composer).text == "hi\nyou"
        await one.press("down", "down")
        assert one.page.query_one(Composer).text == ""


@pytest.mark.parametrize("size", [(40, 12), (120, 40)])
async def test_without_colours_and_at_any_size_all_is_there(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with person(Reply("Some `code` and\n\n```python\nx = 1\n```\n"), size=size) as one:
        await one.says("Hello")
        await one.sees("x = 1")
        colours = {segment.style.color.name for segment in one.segments if segment.style and segment.style.color}
        assert colours <= {"default"}
        assert "Enter send" in one.screen
        await one.press("ctrl+o")
        await one.sees("Hello")
        await one.sees("Ctrl+N new")

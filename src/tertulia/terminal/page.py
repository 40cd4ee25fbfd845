"""The terminal's page: a session of an agent, with the keyboard alone.

It draws with the terminal's own colours. What it shows comes from a server by the client; it stores nothing itself.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Literal

from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.filter import LineFilter
from textual.reactive import Reactive
from textual.widgets import Markdown, Static

from tertulia.client import AsyncClient, ClientError, Conflict, InvalidRequest
from tertulia.client.input import DecisionOptions
from tertulia.domain.agents import Agent
from tertulia.domain.messages import UserMessage, text_of
from tertulia.domain.server import Limits
from tertulia.domain.sessions import Session, SessionPatch
from tertulia.domain.turns import ENDED
from tertulia.terminal.ask_panel import AskPanel
from tertulia.terminal.asking import undecided
from tertulia.terminal.chips import Chips
from tertulia.terminal.choosing import AgentChooser, SessionChooser, name_of, tags_of
from tertulia.terminal.commands import COMMANDS, command_in, commands_for
from tertulia.terminal.composer import Composer
from tertulia.terminal.dialogs import Editor, Help
from tertulia.terminal.files import path_typed
from tertulia.terminal.folds import Fold
from tertulia.terminal.screen_filter import PlainText
from tertulia.terminal.talk import Talk
from tertulia.terminal.text import line_of, plain, visible

HINTS = "Enter send · Esc stop · Ctrl+O sessions · F1 help · Ctrl+Q leave"


class TerminalPage(App[None]):
    """The page. `talk` is the session that is open."""

    CSS_PATH = "page.tcss"
    TITLE = "Tertulia"
    ENABLE_COMMAND_PALETTE = False
    theme = Reactive("ansi-dark")  # from the first moment: it decides how NO_COLOR is kept
    VERTICAL_BREAKPOINTS = [(0, "-short"), (16, "-tall")]  # noqa: RUF012 - so the library has it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "stop", show=False),
        Binding("ctrl+c", "stop", "stop", show=False),
        Binding("ctrl+o", "sessions", "sessions", show=False),
        Binding("ctrl+n", "new", "new", show=False),
        Binding("ctrl+t", "steps", "steps", show=False),
        Binding("f1", "help", "help", show=False),
        Binding("ctrl+q", "quit", "leave", show=False, priority=True),
    ]

    def __init__(self, client: AsyncClient, limits: Limits, agent: Agent, session: Session | None) -> None:
        super().__init__()
        self._client = client
        self.talk = Talk(client, agent, session)
        self.unsent: list[str] = []
        """What the person had written and the server had not taken, when the page was left."""
        self._chips = Chips(client, limits)
        self._plain_text = PlainText()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let nothing onto the terminal that steers it."""
        return [*super().get_line_filters(), self._plain_text]

    def compose(self) -> ComposeResult:
        """Lay out the page."""
        with Horizontal(id="head"):
            yield Static(id="where")
            yield Static(id="state")
        yield self.talk
        yield AskPanel()
        yield self._chips
        yield Composer()
        yield Static(HINTS, id="hints")

    def on_mount(self) -> None:
        """Let the person write."""
        self.query_one(Composer).focus()
        self._show_state()

    @property
    def session(self) -> Session | None:
        """The session that is open, once it exists."""
        return self.talk.session

    # --- writing ---

    def on_composer_sent(self, event: Composer.Sent) -> None:
        """Send what was written, or do what it says."""
        if (command := command_in(event.text)) is not None:
            self._do(*command)
        elif coming := self._chips.coming:
            self._complain(f"{coming} is still being sent. Press Enter again when it is there.")
        elif (files := self._chips.take()) or event.text.strip():
            self.query_one(Composer).clear_sent()
            content = event.text.strip()
            self.talk.send(UserMessage(content=content, files=files) if files else UserMessage(content=content))

    def on_composer_dropped(self, event: Composer.Dropped) -> None:
        """Send the files that were dropped along."""
        for path in event.paths:
            self._chips.send(path)

    def on_composer_emptied(self) -> None:
        """Let go of the last file."""
        self._chips.drop_last()

    def on_chips_failed(self, event: Chips.Failed) -> None:
        """Say why a file cannot go along."""
        self._complain(event.sentence)

    def on_text_area_changed(self, event: Composer.Changed) -> None:
        """Say which commands there are, while one is typed."""
        fitting = commands_for(event.text_area.text)
        hints = "   ".join(f"/{name}" for name in fitting) + " · Tab" if fitting else HINTS
        self.query_one("#hints", Static).update(Content(hints))

    def _do(self, name: str, given: str) -> None:
        if name not in COMMANDS:
            self._complain(f"There is no /{name}. /help says what there is.")
            return
        if COMMANDS[name].split(" ")[0].isupper() and not given:
            self._complain(f"/{name} {COMMANDS[name].partition(' ')[0]}: {COMMANDS[name].partition(' ')[2].strip()}")
            return
        self.query_one(Composer).clear_sent()
        match name:
            case "attach":
                self._chips.send(path_typed(given))
            case "rename":
                self._rename(given)
            case "tag" | "untag":
                self._tag(name, _tags_in(given))
            case "export":
                self._export(path_typed(given))
            case "retry":
                self._retry()
            case "sessions":
                self.action_sessions()
            case "agent":
                self._choose_agent()
            case _:
                self.run_worker(self.run_action(name))

    # --- what waits for the person ---

    def on_talk_asking(self, event: Talk.Asking) -> None:
        """Ask about what a turn waits for."""
        panel = self.query_one(AskPanel)
        if panel.asks_about is None and (waiting := undecided(event.turn)):
            panel.ask(event.turn, waiting[0])
            if not self.query_one(Composer).text:
                panel.focus()

    @work
    async def on_ask_panel_answered(self, event: AskPanel.Answered) -> None:
        """Tell the server what the person has decided, and go on."""
        turn, step = event.turn, event.step
        path = (self.talk.agent.agent_id, turn.session_id, turn.turn_id, step.tool_call.call_id)
        self.query_one(Composer).focus()
        talk, problem = self.talk, ""
        options: DecisionOptions = {**event.said.options, "attempt": step.attempt}
        try:
            turn = await self._client.decide_turn(*path, event.said.verdict, **options)
        except InvalidRequest as error:
            problem = "\n".join([str(error), *(f"{each.pointer}: {each.detail}" for each in error.errors)])
        except Conflict as error:
            self._complain(str(error))
            turn = await self._client.get_turn(*path[:3])
        except ClientError as error:
            problem = str(error)
        if talk is not self.talk:
            return
        if problem or undecided(turn):
            self.query_one(AskPanel).ask(turn, step if problem else undecided(turn)[0], problem)
            self.query_one(AskPanel).focus()
        else:
            talk.go_on(turn)

    @work
    async def on_ask_panel_wants_editor(self, event: AskPanel.WantsEditor) -> None:
        """Let the person change the arguments of a call."""
        arguments = await self.push_screen_wait(Editor(event.arguments))
        if arguments is not None:
            self.query_one(AskPanel).approve_with(arguments)

    # --- the session ---

    def on_talk_changed(self) -> None:
        """Show how things are now."""
        self._show_state()

    def on_talk_refused(self, event: Talk.Refused) -> None:
        """Give the person back what the server has not taken."""
        self._give_back(text_of(event.said.content), event.sentence)

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """Open a link in the browser, if it leads into the web."""
        if event.href.startswith(("http://", "https://")):
            self.open_url(event.href)

    def action_stop(self) -> None:
        """Copy what is selected, else stop the turn that runs."""
        if selected := self.screen.get_selected_text():
            self.copy_to_clipboard(selected)
            self.screen.clear_selection()
        elif (view := self.talk.running) is not None:
            self.query_one(AskPanel).close()
            self.query_one(Composer).focus()
            self.talk.stop(view)

    def action_page(self, by: int) -> None:
        """Move through the talk by a page; above its beginning there are earlier turns."""
        if by < 0 and self.talk.scroll_y <= 0:
            self.talk.show_earlier()
        elif by < 0:
            self.talk.scroll_page_up(animate=False)
        else:
            self.talk.scroll_page_down(animate=False)

    def action_steps(self) -> None:
        """Open all steps, or close them if they are open."""
        folds = self.talk.query(Fold)
        is_open = not all(fold.is_open for fold in folds)
        for fold in folds:
            fold.is_open = is_open

    async def action_quit(self) -> None:
        """Leave the page; the turns that run go on."""
        drafts = [composer.text.strip() for composer in self.query(Composer)]
        self.unsent = [*self.talk.unsent, *filter(None, drafts)]
        self.exit()

    def action_help(self) -> None:
        """Say which keys and commands there are."""
        self.push_screen(Help())

    async def action_new(self) -> None:
        """Begin a new session with this agent."""
        await self._open(self.talk.agent, None)

    @work
    async def action_sessions(self) -> None:
        """Let the person choose a session."""
        chosen = await self.push_screen_wait(SessionChooser(self._client, self.talk.agent.agent_id))
        if isinstance(chosen, Session):
            await self._open(self.talk.agent, chosen)
        elif chosen == "new":
            await self._open(self.talk.agent, None)

    @work
    async def _choose_agent(self) -> None:
        try:
            agents = [agent async for agent in self._client.iter_agents()]
        except ClientError as error:
            self._complain(str(error))
            return
        chosen = await self.push_screen_wait(AgentChooser(agents))
        if isinstance(chosen, Agent):
            await self._open(chosen, None)

    async def _open(self, agent: Agent, session: Session | None) -> None:
        """Close what is open, and open this; turns that run go on."""
        before, self.talk = self.talk, Talk(self._client, agent, session)
        self.query_one(AskPanel).close()
        if before.unsent:
            self._give_back("\n\n".join(before.unsent), "The server has not answered to this message yet.")
        await before.remove()
        await self.mount(self.talk, after="#head")
        self.query_one(Composer).focus()
        self._show_state()

    @work
    async def _rename(self, name: str) -> None:
        if self.session is None:
            self._complain("There is no session yet: it gets a name once something was said.")
            return
        try:
            path = (self.talk.agent.agent_id, self.session.session_id)
            self.talk.session = await self._client.update_session(*path, SessionPatch(session_name=name))
        except ClientError as error:
            self._complain(str(error))
        self._show_state()

    @work
    async def _tag(self, op: Literal["tag", "untag"], tags: list[str]) -> None:
        """Put tags on the session, or take them off."""
        if self.session is None:
            self._complain("There is no session yet: it can have tags once something was said.")
            return
        path = (self.talk.agent.agent_id, self.session.session_id)
        try:
            [outcome] = await self._client.batch_sessions(path[0], [path[1]], op, tags=tags)
            self.talk.session = await self._client.get_session(*path, turns="none")
        except ClientError as error:
            self._complain(str(error))
            return
        if not outcome.is_done:
            self._complain(outcome.detail or "The session's tags are as they were.")
        self._show_state()

    @work
    async def _export(self, path: Path) -> None:
        if self.session is None:
            self._complain("There is nothing to write yet.")
            return
        try:
            text = await self._client.export_session_as_markdown(self.talk.agent.agent_id, self.session.session_id)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            self._complain(f"{visible(str(path))} is there already. Name another file, or move it away.")
        except OSError as error:
            self._complain(f"{visible(str(path))} cannot be written: {error.strerror or error}.")
        except ClientError as error:
            self._complain(str(error))
        else:
            self.notify(f"Written: {visible(str(path))}", markup=False)

    def _retry(self) -> None:
        view = self.talk.newest
        if view is None or view.status not in ENDED:
            self._complain("There is no answer yet that could be tried again.")
        else:
            self.talk.retry(view)

    def action_copy(self) -> None:
        """Copy the last answer."""
        answers = [view.answer for view in self.talk.views if view.answer]
        if answers:
            self.copy_to_clipboard(answers[-1])
            self.notify("The last answer is in the clipboard, where the terminal allows that.", markup=False)
        else:
            self._complain("There is no answer yet.")

    def _give_back(self, words: str, sentence: str) -> None:
        """Put words that were sent back where they were written, and say why."""
        self._complain(sentence)
        composer = self.query_one(Composer)
        composer.put("\n\n".join(each for each in (words, composer.text) if each))

    def _complain(self, sentence: str) -> None:
        self.notify(plain(sentence), severity="error", markup=False)

    def _show_state(self) -> None:
        talk = self.talk
        name = line_of(plain(talk.session.session_name), 80) if talk.session else "new session"
        tags = tags_of(talk.session) if talk.session else ""
        self.query_one("#where", Static).update(
            Content.assemble((name_of(talk.agent), "bold"), f" · {name}", (f"  {tags}" if tags else "", "dim"))
        )
        self.query_one("#state", Static).update(Content(_state(talk)))


def _tags_in(given: str) -> list[str]:
    """Return the tags that somebody has written, with or without their `#`."""
    tags = (" ".join(each.split()).removeprefix("#") for each in given.split(","))
    return [tag for tag in tags if tag]


def _state(talk: Talk) -> str:
    if talk.is_lost:
        return "◌ reconnecting…"
    running = talk.running
    if running is None:
        return ""
    match running.status:
        case "awaiting_input":
            return "? waits for you"
        case "queued":
            return "◌ sending…" if running.turn_id is None else "◌ queued"
        case _:
            return "● answering"

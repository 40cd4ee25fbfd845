"""Screens with a list to choose from: the sessions of an agent, and the agents."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tertulia.client import AsyncClient, ClientError
from tertulia.domain.agents import Agent
from tertulia.domain.lists import SessionList
from tertulia.domain.sessions import Session, SessionPatch
from tertulia.terminal.dialogs import Confirm, Line, ask
from tertulia.terminal.leaving import EndsItsWork
from tertulia.terminal.text import line_of, plain

PAGE = 50
STATES = {"running": " ●", "awaiting_input": " ?"}


class Chooser(EndsItsWork, ModalScreen[Session | Agent | str | None]):
    """A list, and a line that narrows it; arrows move in the list while one writes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back"),
        Binding("down", "move(1)", "next", show=False, priority=True),
        Binding("up", "move(-1)", "before", show=False, priority=True),
        Binding("pagedown", "move(10)", "", show=False, priority=True),
        Binding("pageup", "move(-10)", "", show=False, priority=True),
    ]
    hint = "Enter chooses · Esc goes back"
    placeholder = "Look for…"

    def compose(self) -> ComposeResult:
        """Lay out the line, the list and the keys."""
        with Vertical(classes="dialog tall"):
            yield Input(placeholder=self.placeholder, compact=True)
            options = OptionList(compact=True, markup=False)
            options.can_focus = False
            yield options
            yield Static(Content(self.hint), classes="hint", id="hint")

    @property
    def options(self) -> OptionList:
        """The list."""
        return self.query_one(OptionList)

    def say(self, sentence: str) -> None:
        """Say what went wrong, where the keys are told."""
        self.query_one("#hint", Static).update(Content(plain(sentence)))

    def fill(self, rows: Sequence[Option], *, is_more: bool = False) -> None:
        """Show rows instead of those that are there, or after them."""
        if not is_more:
            self.options.clear_options()
        self.options.add_options(rows)
        if self.options.highlighted is None and self.options.option_count:
            self.options.highlighted = 0

    def action_move(self, by: int) -> None:
        """Move through the list."""
        if last := self.options.option_count - 1:
            here = self.options.highlighted or 0
            self.options.highlighted = max(0, min(last, here + by))


class SessionChooser(Chooser):
    """The sessions of an agent, the one with the newest activity first; more come as one moves down.

    Words narrow the list to the sessions that have them, `#` and a tag to those that have the tag.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "dismiss('new')", "new", priority=True),
        Binding("f2,ctrl+r", "rename", "rename", priority=True),
        Binding("delete,ctrl+d", "delete", "delete", priority=True),
    ]
    hint = "Enter opens · Ctrl+N new · F2 renames · Del deletes · Esc"
    placeholder = "Look for a session, or a #tag…"

    def __init__(self, client: AsyncClient, agent_id: str) -> None:
        super().__init__()
        self._client = client
        self._agent_id = agent_id
        self._sessions: dict[str, Session] = {}
        self._cursor: str | None = None

    def on_mount(self) -> None:
        """Show the newest."""
        self._load()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self._load()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open the session that is chosen."""
        event.stop()
        if session := self._chosen():
            self.dismiss(session)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the session that was clicked."""
        self.dismiss(self._sessions[cast(str, event.option_id)])

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Get more near the end of the list."""
        if self._cursor is not None and event.option_index >= event.option_list.option_count - 10:
            self._load(self._cursor)

    @work(exclusive=True)
    async def _load(self, cursor: str | None = None) -> None:
        words = self.query_one(Input).value.strip()
        try:
            found = await self._find(words, cursor)
        except ClientError as error:
            self.say(str(error))
            return
        if cursor is None:
            self._sessions.clear()
        fresh = [each for each in found.sessions if each.session_id not in self._sessions]
        self._sessions |= {each.session_id: each for each in fresh}
        self._cursor = found.next_cursor
        self.fill([Option(_row(each), id=each.session_id) for each in fresh], is_more=cursor is not None)
        self.say(self.hint if self._sessions else f"Nothing is found. {self.hint}" if words else "No sessions yet.")

    async def _find(self, words: str, cursor: str | None) -> SessionList:
        """The next page with sessions in it: one may have none, and lead on."""
        tag = words.removeprefix("#").strip() if words.startswith("#") else ""
        q = None if tag else words or None
        while True:
            found = await self._client.list_sessions(self._agent_id, limit=PAGE, cursor=cursor, q=q, tag=tag or None)
            if found.sessions or found.next_cursor is None:
                return found
            cursor = found.next_cursor

    def _chosen(self) -> Session | None:
        option = self.options.highlighted_option
        return self._sessions.get(option.id or "") if option else None

    @work
    async def action_rename(self) -> None:
        """Give a session another name."""
        session = self._chosen()
        if session is None:
            return
        name = await ask(self, Line("Another name:", session.session_name))
        if name is None:
            return
        try:
            patch = SessionPatch(session_name=name)
            session = await self._client.update_session(self._agent_id, session.session_id, patch)
        except ClientError as error:
            self.say(str(error))
            return
        self._sessions[session.session_id] = session
        self.options.replace_option_prompt(session.session_id, _row(session))

    @work
    async def action_delete(self) -> None:
        """Delete a session, once the person is sure."""
        session = self._chosen()
        if session is None:
            return
        question = f"Delete “{line_of(plain(session.session_name), 60)}”? It can be had back from the trash for a time."
        if not await ask(self, Confirm(question)):
            return
        try:
            await self._client.delete_session(self._agent_id, session.session_id)
        except ClientError as error:
            self.say(str(error))
            return
        del self._sessions[session.session_id]
        self.options.remove_option(session.session_id)


class AgentChooser(Chooser):
    """The agents of a server."""

    placeholder = "Look for an agent…"

    def __init__(self, agents: Sequence[Agent]) -> None:
        super().__init__()
        self._agents = {agent.agent_id: agent for agent in agents if agent.access != "withdrawn"}

    def on_mount(self) -> None:
        """Show all."""
        self._narrow("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self._narrow(event.value.strip().lower())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the agent that is chosen."""
        event.stop()
        if option := self.options.highlighted_option:
            self.dismiss(self._agents[cast(str, option.id)])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the agent that was clicked."""
        self.dismiss(self._agents[cast(str, event.option_id)])

    def _narrow(self, words: str) -> None:
        rows = {key: name_of(agent) for key, agent in self._agents.items()}
        self.fill([Option(Content(name), id=key) for key, name in rows.items() if words in name.lower()])


def name_of(agent: Agent) -> str:
    """Return what an agent is called: by its name, else by its model."""
    return line_of(plain(agent.agent_config.name or agent.agent_config.model), 60)


def tags_of(session: Session) -> str:
    """Return the tags of a session as one line, each behind a `#`."""
    return line_of(" ".join(f"#{plain(tag)}" for tag in session.tags), 60)


def _row(session: Session) -> Content:
    name, state = line_of(plain(session.session_name), 60), STATES.get(session.status, "")
    tags = tags_of(session)
    preview = line_of(plain(session.preview), 80)
    aside = f"  {_ago(session.updated_at)}" + (f"  {preview}" if preview != name else "")
    marks = (state, "bold"), (f"  {tags}" if tags else "", "italic"), (aside, "dim")
    return Content.assemble(("▪ " if session.pinned else "") + name, *marks)


def _ago(at: str) -> str:
    seconds = max(0, (datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds())
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return "now"

"""One session on the terminal's page: its turns, followed for as long as it is open, whoever starts them.

A new session is created with its first message, so that none stays empty. Closing it, or the page, stops no turn.
"""

from uuid import uuid4

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker  # pyright: ignore[reportUnknownVariableType] - of any result

from tertulia.client import AsyncClient, ClientError
from tertulia.domain.agents import Agent
from tertulia.domain.changes import SessionChange
from tertulia.domain.events import LoggedEvent
from tertulia.domain.messages import UserMessage, text_of
from tertulia.domain.sessions import Session
from tertulia.domain.turns import ENDED, Turn
from tertulia.terminal.asking import undecided
from tertulia.terminal.choosing import name_of
from tertulia.terminal.following import Place, follow, insist, is_away
from tertulia.terminal.leaving import EndsItsWork
from tertulia.terminal.text import plain
from tertulia.terminal.turn_view import TurnView

SHOWN = 20
"""How many turns are shown at first, and how many more are each time."""


class Talk(EndsItsWork, VerticalScroll, can_focus=False):
    """The turns of a session. `is_lost`: the server is away just now."""

    class Changed(Message):
        """Something is other than it was: a turn's state, the session's name, the connection."""

    class Asking(Message):
        """A turn waits for a person."""

        def __init__(self, turn: Turn) -> None:
            super().__init__()
            self.turn = turn

    class Refused(Message):
        """The server has not taken a message."""

        def __init__(self, message: UserMessage, sentence: str) -> None:
            super().__init__()
            self.said = message
            self.sentence = sentence

    def __init__(self, client: AsyncClient, agent: Agent, session: Session | None) -> None:
        super().__init__(id="talk")
        self._client = client
        self.agent = agent
        self.session = session
        self.views: list[TurnView] = []
        self.is_lost = False
        self._session_key = uuid4().hex
        self._has_earlier = False

    def compose(self) -> ComposeResult:
        """Lay out what is said where there are no turns, or where there are more."""
        yield Static("↑ Page up for earlier turns", id="earlier")
        yield Static(Content(_welcome(self.agent)), id="empty")

    async def on_mount(self) -> None:
        """Show the last turns, and heed what else happens in the session."""
        self.anchor()
        self._heed()
        if self.session is not None:
            self._open(self.session)

    @property
    def newest(self) -> TurnView | None:
        """The last turn."""
        return self.views[-1] if self.views else None

    @property
    def running(self) -> TurnView | None:
        """The first turn that has not ended."""
        return next((view for view in self.views if view.status not in ENDED), None)

    @property
    def unsent(self) -> list[str]:
        """The words of the messages that the server has not answered yet: it may have them, or not."""
        waiting = [view for view in self.views if view.turn_id is None]
        return [text_of(message.content) for view in waiting for message in view.messages]

    def lose(self) -> None:
        """Hear that the server is away."""
        self._be_lost(True)

    def find(self) -> None:
        """Hear that the server is back."""
        self._be_lost(False)

    @work
    async def send(self, message: UserMessage) -> None:
        """Start a turn and follow it. The same keys are sent again: what reached the server is not done twice."""
        view, key = TurnView([message]), uuid4().hex
        await self._add(view)
        try:
            session = await self._ensured()
            where = (self.agent.agent_id, session.session_id)
            turn = await insist(
                self._client, self, lambda: self._client.start_turn(*where, [message], idempotency_key=key)
            )
        except ClientError as error:
            self.views.remove(view)
            await view.remove()
            self.post_message(self.Refused(message, str(error)))
            self._tell()
            return
        view.turn_id = turn.turn_id
        self._follow(view, turn)

    @work
    async def retry(self, view: TurnView) -> None:
        """Try a turn again: another one with the same words takes its place, which stays as a branch."""
        if view.turn_id is None or self.session is None:
            return
        path, key = (self.agent.agent_id, self.session.session_id, view.turn_id), uuid4().hex
        try:
            turn = await insist(self._client, self, lambda: self._client.start_retry(*path, idempotency_key=key))
        except ClientError as error:
            self.notify(plain(str(error)), severity="error", markup=False)
            return
        if all(view.turn_id != turn.turn_id for view in self.views):
            await self._show(turn)

    @work
    async def stop(self, view: TurnView) -> None:
        """Stop a turn."""
        if view.turn_id is None or self.session is None:
            return
        path = (self.agent.agent_id, self.session.session_id, view.turn_id)
        try:
            turn = await self._client.cancel_turn(*path)
        except ClientError as error:
            self.notify(plain(str(error)), severity="error", markup=False)
            return
        self._follow(view, turn)

    def go_on(self, turn: Turn) -> None:
        """Follow a turn on that has been answered."""
        for view in self.views:
            if view.turn_id == turn.turn_id:
                self._follow(view, turn)

    @work(exclusive=True, group="earlier")
    async def show_earlier(self) -> None:
        """Show the turns before those that are shown."""
        if not self._has_earlier or self.session is None or not self.views:
            return
        first = self.views[0]
        try:
            path = (self.agent.agent_id, self.session.session_id)
            found = await self._client.list_turns(*path, before=first.turn_id, order="desc", limit=SHOWN)
        except ClientError as error:
            self.notify(plain(str(error)), severity="error", markup=False)
            return
        height = self.max_scroll_y
        for turn in found.turns:
            view = TurnView(turn.input_messages, turn.turn_id)
            self.views.insert(0, view)
            await self.mount(view, before=first)
            await view.restore(turn)
            first = view
        self._mark_earlier(found.next_cursor is not None)
        self.call_after_refresh(lambda: self.scroll_relative(y=self.max_scroll_y - height, animate=False))

    async def _ensured(self) -> Session:
        if self.session is None:
            agent_id, key = self.agent.agent_id, self._session_key
            self.session = await insist(
                self._client, self, lambda: self._client.create_session(agent_id, idempotency_key=key)
            )
            self._tell()
        return self.session

    @work
    async def _open(self, session: Session) -> None:
        """Show the last turns of a session."""
        path = (self.agent.agent_id, session.session_id)
        try:
            whole = await insist(self._client, self, lambda: self._client.get_session(*path, turns=f"last:{SHOWN}"))
        except ClientError as error:
            self.query_one("#empty", Static).update(Content(plain(str(error))))
            return
        self.session = whole
        for turn in whole.turns:
            await self._show(turn)
        self._mark_earlier(whole.turn_count > len(whole.turns))
        self._tell()

    async def _show(self, turn: Turn) -> None:
        """Show a turn in its place: after the one it comes after, and instead of what is on another branch."""
        view = TurnView(turn.input_messages, turn.turn_id)
        elsewhere = self._beside(turn)
        self.views = [each for each in self.views if each not in elsewhere]
        if elsewhere and not self.views:
            self._mark_earlier(turn.parent_turn_id is not None)
        await self._add(view)
        for each in elsewhere:
            if each.follower is not None:
                each.follower.cancel()
            await each.remove()
        if turn.status in ENDED:
            await view.restore(turn)
        else:
            self._follow(view, turn)

    def _beside(self, turn: Turn) -> list[TurnView]:
        """What is shown after the turn that this one comes after; not what the server has not taken yet."""
        taken = [view for view in self.views if view.turn_id is not None]
        ids = [view.turn_id for view in taken]
        return taken[ids.index(turn.parent_turn_id) + 1 if turn.parent_turn_id in ids else 0 :]

    async def _add(self, view: TurnView) -> None:
        self.views.append(view)
        self.query_one("#empty").display = False
        await self.mount(view)
        self.anchor()
        self._tell()

    @work
    async def _follow(self, view: TurnView, turn: Turn) -> None:
        """Show a turn from where it was shown, until it rests; one follower a turn."""
        if view.follower is not None:
            return
        view.follower = get_current_worker()
        place = Place(agent_id=self.agent.agent_id, session_id=turn.session_id, turn_id=turn.turn_id)
        try:
            rested = await follow(self._client, place, _Teller(self, view), after=view.last_event_id)
        except ClientError as error:
            view.fail(f"This turn cannot be followed: {error}")
            return
        finally:
            view.follower = None
        view.rest(rested)
        self._tell()
        if undecided(rested):
            self.post_message(self.Asking(rested))

    @work
    async def _heed(self) -> None:
        """Heed what happens in the session elsewhere: in other tabs, by other programs, by a model that names it."""
        while True:
            try:
                async for logged in self._client.follow_sessions(self.agent.agent_id):
                    await self._take(logged.change)
            except ClientError as error:
                if not is_away(error):
                    return  # the page does without
                await insist(self._client, self, self._client.get_health)

    async def _take(self, change: SessionChange) -> None:
        if self.session is None or change.session_id != self.session.session_id:
            return
        if change.session is not None:
            self.session = change.session
        known = [view for view in self.views if view.turn_id == change.turn_id]
        is_sending = any(view.turn_id is None for view in self.views)
        if change.turn_id is not None and not is_sending and not (known and known[0].status in ENDED):
            turn = await self._client.get_turn(self.agent.agent_id, self.session.session_id, change.turn_id)
            if known and str(known[0].last_event_id) != turn.last_event_id:
                self._follow(known[0], turn)
            elif not known and all(view.turn_id != turn.turn_id for view in self.views):
                await self._show(turn)
        self._tell()

    def _mark_earlier(self, is_there: bool) -> None:
        self._has_earlier = is_there
        self.query_one("#earlier").display = is_there

    def _be_lost(self, is_lost: bool) -> None:
        self.is_lost = is_lost
        self._tell()

    def _tell(self) -> None:
        self.post_message(self.Changed())


class _Teller:
    """Shows a turn's events in its view, and tells the talk when that changes something."""

    def __init__(self, talk: Talk, view: TurnView) -> None:
        self._talk = talk
        self._view = view

    async def show(self, logged: LoggedEvent) -> None:
        before = self._view.status
        await self._view.show(logged)
        if self._view.status != before:
            self._talk.post_message(Talk.Changed())

    def lose(self) -> None:
        self._talk.lose()

    def find(self) -> None:
        self._talk.find()


def _welcome(agent: Agent) -> str:
    config = agent.agent_config
    lines = [f"{name_of(agent)} · {plain(config.model)}"]
    lines += [plain(config.description)] if config.description else []
    lines += ["", "Nothing was said yet." + (" You could begin so:" if config.starters else "")]
    return "\n".join([*lines, *(f"  {plain(each)}" for each in config.starters)])

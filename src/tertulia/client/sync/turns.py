# Made of client/aio by `make generate`: change it there.
"""Calls about turns: three ways to start one or to go on with one, and what can be read and done besides.

`create_turn` waits until the turn rests, `start_turn` returns at once, `stream_turn` gives its events as they come;
`resume_turn`, `start_resume` and `stream_resume` are the same for a turn that waits for answers. Whichever it is, the
server owns the turn: going away does not stop it, `cancel_turn` does.
"""

from collections.abc import Generator, Sequence
from typing import Any, Unpack

from tertulia.client.errors import Conflict, InvalidRequest
from tertulia.client.input import DecisionOptions, RetryOptions, TurnInput, TurnOptions, has_answers, retry_of, start_of
from tertulia.client.request import Request, path_of
from tertulia.client.sync.calls import EACH, Calls, each_row
from tertulia.client.sync.stream import TurnStream
from tertulia.domain.events import EventId
from tertulia.domain.feedback import Feedback, Rating
from tertulia.domain.lists import TurnList
from tertulia.domain.messages import ToolAnswer
from tertulia.domain.paging import DEFAULT_LIMIT, Order
from tertulia.domain.step_requests import StepRequest
from tertulia.domain.steps import Step
from tertulia.domain.turns import Turn, Verdict


class TurnCalls(Calls):
    """Start, read, follow, stop and go on with turns."""

    def create_turn(
        self,
        agent_id: str,
        session_id: str,
        message: TurnInput,
        **options: Unpack[TurnOptions],
    ) -> Turn:
        """Start a turn, and return it once it rests: completed, failed, cancelled, or awaiting input.

        The same key starts one turn, however often it is sent; without one, a key is made for this call's own retries.
        """
        return self.stream_turn(agent_id, session_id, message, **options).until_rest()

    def start_turn(
        self,
        agent_id: str,
        session_id: str,
        message: TurnInput,
        **options: Unpack[TurnOptions],
    ) -> Turn:
        """Start a turn and return it at once; `follow_turn` gives its events. The key is as in `create_turn`."""
        start = start_of(_session(agent_id, session_id), message, options, background=True)
        return self._transport.call(start, Turn)

    def stream_turn(
        self,
        agent_id: str,
        session_id: str,
        message: TurnInput,
        **options: Unpack[TurnOptions],
    ) -> TurnStream:
        """Start a turn and give its events until it rests, also across cut connections; the first is TurnQueued.

        Nothing is sent before the first event is asked for. The key is as in `create_turn`.
        """
        start = start_of(_session(agent_id, session_id), message, options, stream=True)
        return TurnStream(self._transport, _session(agent_id, session_id), start=start)

    def retry_turn(self, agent_id: str, session_id: str, turn_id: str, **options: Unpack[RetryOptions]) -> Turn:
        """Try a turn again: another one with the same input takes its place on the active branch. Wait for its rest."""
        return self.stream_retry(agent_id, session_id, turn_id, **options).until_rest()

    def start_retry(self, agent_id: str, session_id: str, turn_id: str, **options: Unpack[RetryOptions]) -> Turn:
        """Try a turn again, and return the new one at once. The key is as in `create_turn`."""
        path = _session(agent_id, session_id) + path_of("turn", turn_id)
        return self._transport.call(retry_of(path, options, background=True), Turn)

    def stream_retry(self, agent_id: str, session_id: str, turn_id: str, **options: Unpack[RetryOptions]) -> TurnStream:
        """Try a turn again, and give the events of the new one until it rests. The key is as in `create_turn`."""
        session = _session(agent_id, session_id)
        start = retry_of(session + path_of("turn", turn_id), options, stream=True)
        return TurnStream(self._transport, session, start=start)

    def follow_turn(self, agent_id: str, session_id: str, turn_id: str, *, after: EventId | None = None) -> TurnStream:
        """Give the events of a turn after `after`, or from its start, until it rests, also across cut connections."""
        return TurnStream(self._transport, _session(agent_id, session_id), turn_id=turn_id, after=after)

    def get_turn(self, agent_id: str, session_id: str, turn_id: str) -> Turn:
        """Read a turn as it is now."""
        return self._get(Turn, "agents", agent_id, "session", session_id, "turn", turn_id)

    def get_step(self, agent_id: str, session_id: str, turn_id: str, step_id: str) -> Step:
        """Read one step of a turn."""
        step: Any = Step  # a union, which `type[T]` does not know
        path = ("agents", agent_id, "session", session_id, "turn", turn_id, "step", step_id)
        found: Step = self._get(step, *path)
        return found

    def get_step_request(
        self,
        agent_id: str,
        session_id: str,
        turn_id: str,
        step_id: str,
        *,
        limit: int = DEFAULT_LIMIT,
        cursor: str | None = None,
    ) -> StepRequest:
        """Read what the model was asked in a step: a page of its messages, the last ones first of all pages."""
        path = ("agents", agent_id, "session", session_id, "turn", turn_id, "step", step_id, "request")
        return self._get(StepRequest, *path, limit=limit, cursor=cursor)

    def list_turns(  # noqa: PLR0913 - the parameters of the list
        self,
        agent_id: str,
        session_id: str,
        *,
        before: str | None = None,
        after: str | None = None,
        tip: str | None = None,
        order: Order = "asc",
        limit: int = DEFAULT_LIMIT,
        cursor: str | None = None,
    ) -> TurnList:
        """A page of a session's active branch, oldest turns first, or newest first with `order="desc"`.

        `before` and `after` are ids of turns, and leave out what is not before or after them; with a `tip` it is the
        branch that ends with that turn. Switch to another one by `update_session` with its `active_turn_id`.
        """
        path = ("agents", agent_id, "session", session_id, "turns")
        which = {"before": before, "after": after, "tip": tip, "order": order}
        return self._get(TurnList, *path, **which, limit=limit, cursor=cursor)

    def iter_turns(
        self, agent_id: str, session_id: str, *, order: Order = "asc", tip: str | None = None
    ) -> Generator[Turn]:
        """All turns of a session's active branch, or of the one that ends with the turn `tip`."""
        return each_row(
            lambda cursor: self.list_turns(agent_id, session_id, order=order, tip=tip, limit=EACH, cursor=cursor)
        )

    def delete_turn(self, agent_id: str, session_id: str, turn_id: str) -> None:
        """Delete a turn and all that come after it; what forks of the session have stays with them."""
        self._delete("agents", agent_id, "session", session_id, "turn", turn_id)

    def rate_turn(self, agent_id: str, session_id: str, turn_id: str, rating: Rating, *, comment: str = "") -> Feedback:
        """Say what you think of a turn that has ended: it is its `feedback` from then on. Raises Conflict before."""
        path = _session(agent_id, session_id) + path_of("turn", turn_id, "feedback")
        body = {"rating": rating, "comment": comment}
        return self._transport.call(Request(method="PUT", path=path, body=body, is_repeatable=True), Feedback)

    def unrate_turn(self, agent_id: str, session_id: str, turn_id: str) -> None:
        """Take back what you said of a turn, if you did."""
        self._delete("agents", agent_id, "session", session_id, "turn", turn_id, "feedback")

    def cancel_turn(self, agent_id: str, session_id: str, turn_id: str) -> Turn:
        """Stop a turn; what came of it is kept. Doing it twice is doing it once."""
        path = _session(agent_id, session_id) + path_of("turn", turn_id, "cancel")
        return self._transport.call(Request(method="POST", path=path, is_repeatable=True), Turn)

    def resume_turn(self, agent_id: str, session_id: str, turn_id: str, answers: Sequence[ToolAnswer]) -> Turn:
        """Give answers that a turn waits for, all or some, and return it once it rests again."""
        return self.stream_resume(agent_id, session_id, turn_id, answers).until_rest()

    def start_resume(self, agent_id: str, session_id: str, turn_id: str, answers: Sequence[ToolAnswer]) -> Turn:
        """Give the answers that a turn waits for, and return it at once; it goes on.

        Giving the same answers twice is giving them once, also when the first time the server's answer was lost.
        """
        path = _session(agent_id, session_id) + path_of("turn", turn_id, "resume")
        body = {"tool_responses": list(answers), "background": True}
        try:
            return self._transport.call(Request(method="POST", path=path, body=body, is_repeatable=True), Turn)
        except (Conflict, InvalidRequest):
            turn = self.get_turn(agent_id, session_id, turn_id)
            if not has_answers(turn, answers):
                raise
            return turn

    def stream_resume(
        self,
        agent_id: str,
        session_id: str,
        turn_id: str,
        answers: Sequence[ToolAnswer],
        *,
        after: EventId | None = None,
    ) -> TurnStream:
        """Give the answers that a turn waits for, and give its events until it rests again.

        They come from the turn's beginning, or after `after`: the `last_event_id` of the stream that has ended.
        """
        return TurnStream(
            self._transport,
            _session(agent_id, session_id),
            turn_id=turn_id,
            after=after,
            before=lambda: self.start_resume(agent_id, session_id, turn_id, answers),
        )

    def decide_turn(
        self,
        agent_id: str,
        session_id: str,
        turn_id: str,
        call_id: str,
        verdict: Verdict,
        **more: Unpack[DecisionOptions],
    ) -> Turn:
        """Decide about a tool call that waits for that, and return the turn at once; it goes on when all are decided.

        `approve` lets the call be made, `deny` tells the model that it was not. Where `wait_reason` is "question", what
        the tool asks is approved with an `answer`, or declined; where it is "unknown_outcome", the tool runs again, or
        does not.
        """
        said = {name: value for name, value in more.items() if value is not None}
        body = {"call_id": call_id, "decision": verdict, **said, "background": True}
        path = ("agents", agent_id, "session", session_id, "turn", turn_id, "decision")
        return self._post(Turn, *path, body=body)


def _session(agent_id: str, session_id: str) -> str:
    return path_of("agents", agent_id, "session", session_id)

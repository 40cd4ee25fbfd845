"""Decisions over HTTP: what a person is shown, and what the answer may be."""

from typing import Any

import pytest

from tertulia.models.scripted import Call, Reply
from tests.runtime.tools import BookingTool, PayTool
from tests.server.conftest import OpenSite
from tests.server.site import Site, frames_of, is_problem

PAY = Reply(Call("pay", {"to": "Ana", "euros": 5}, call_id="c1"))


def decides(decision: str = "approve", **more: Any) -> dict[str, Any]:
    return {"call_id": "c1", "decision": decision, **more}


@pytest.fixture
def tool() -> PayTool:
    return PayTool()


@pytest.fixture
async def waiting(open_: OpenSite, tool: PayTool) -> tuple[Site, str, str]:
    """A site with a session whose turn waits for an approval: the site, the session, the turn."""
    site = await open_(PAY, Reply("Paid."), PAY, Reply("Paid again."), tools=[tool])
    session = await site.new_session(await site.new_agent(toolgroups=[tool.toolgroup]))
    turn = await site.turn(session, "Pay Ana")
    return site, session, f"{session}/turn/{turn['turn_id']}"


async def test_a_turn_that_waits_shows_the_call_as_it_will_be_made(waiting: tuple[Site, str, str]) -> None:
    site, session, path = waiting
    turn = (await site.get(path)).json()
    assert (turn["status"], turn["wait_reason"], turn["completed_at"]) == ("awaiting_input", "approval", None)
    step = turn["steps"][-1]
    assert (step["approval"], step["attempt"], step["completed_at"]) == ("pending", 0, None)
    assert step["tool_call"]["arguments"] == {"to": "Ana", "euros": 5}
    assert step["metadata"]["is_editable"] is True
    assert (await site.get(f"{path}/step/{step['step_id']}")).json() == step
    assert (await site.get(session)).json()["status"] == "awaiting_input"


async def test_approved_it_goes_on_and_streams_what_was_decided(waiting: tuple[Site, str, str], tool: PayTool) -> None:
    site, _, path = waiting
    last = (await site.get(path)).json()["last_event_id"]
    body = decides(arguments={"to": "Rui"}, remember=True, stream=True)
    frames = frames_of((await site.post(f"{path}/decision", body)).content)
    after = [frame for frame in frames if frame.place > tuple(map(int, last.split(".")))]
    assert [frame.type for frame in after[:3]] == ["turn_resume", "step_decided", "step_restart"]
    decided = after[1].payload
    assert (decided["decision"], decided["tool_call"]["arguments_json"]) == ("approve", '{"to":"Rui"}')
    assert decided["grant"]["tool_name"] == "pay"
    assert frames[-1].payload["turn"]["output_message"]["content"] == "Paid."
    assert tool.calls == [{"to": "Rui"}]


async def test_remembered_it_is_not_asked_again_in_this_session(waiting: tuple[Site, str, str], tool: PayTool) -> None:
    site, session, path = waiting
    await site.post(f"{path}/decision", decides(remember=True))
    assert (await site.turn(session, "Again"))["output_message"]["content"] == "Paid again."
    assert len(tool.calls) == 2


async def test_what_was_allowed_is_listed_and_asked_about_again_once_it_is_taken_back(
    waiting: tuple[Site, str, str], tool: PayTool
) -> None:
    site, session, path = waiting
    await site.post(f"{path}/decision", decides(remember=True))
    [grant] = (await site.get(f"{session}/grants")).json()["grants"]
    assert grant["tool_name"] == "pay"
    assert (await site.delete(f"{session}/grants")).status_code == 204
    assert (await site.get(f"{session}/grants")).json() == {"grants": []}
    assert (await site.turn(session, "Again"))["wait_reason"] == "approval"
    assert len(tool.calls) == 1


async def test_a_decision_says_which_attempt_it_is_about(waiting: tuple[Site, str, str], tool: PayTool) -> None:
    site, _, path = waiting
    is_problem(await site.post(f"{path}/decision", decides(attempt=1)), 409, "already_decided")
    assert tool.calls == []
    assert (await site.post(f"{path}/decision", decides(attempt=0))).json()["status"] == "completed"


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"decision": "approve"}, "invalid_request", ""),
        (decides("perhaps"), "invalid_request", "/decision"),
        (decides(arguments={"to": 1}), "invalid_request", "/arguments/to"),
        (decides(answer={"to": 1}), "invalid_request", "/answer"),
        (decides("deny", remember=True), "invalid_request", "/remember"),
        (decides(call_id="c9"), "unknown_tool_call", "/call_id"),
        (decides(grant={"tool_name": "pay"}), "unknown_field", "/grant"),
        (decides(reason="x" * 2001), "invalid_request", "/reason"),
    ],
)
async def test_a_decision_that_does_not_fit_changes_nothing(
    waiting: tuple[Site, str, str], tool: PayTool, body: dict[str, Any], code: str, pointer: str
) -> None:
    site, _, path = waiting
    before = (await site.get(path)).json()
    is_problem(await site.post(f"{path}/decision", body), 400, code, pointer)
    assert ((await site.get(path)).json(), tool.calls) == (before, [])


async def test_a_decision_counts_once_and_none_after_a_cancel(waiting: tuple[Site, str, str], tool: PayTool) -> None:
    site, session, path = waiting
    assert (await site.post(f"{path}/decision", decides("deny", reason="No."))).json()["status"] == "completed"
    is_problem(await site.post(f"{path}/decision", decides()), 409, "already_decided")
    turn = await site.turn(session, "Again")
    again = f"{session}/turn/{turn['turn_id']}"
    await site.post(f"{again}/cancel")
    is_problem(await site.post(f"{again}/decision", decides()), 409, "turn_not_awaiting_input")
    assert tool.calls == []


async def test_what_a_tool_asks_is_shown_with_its_schema_and_answered_by_the_same_way(open_: OpenSite) -> None:
    tool = BookingTool()
    site = await open_(Reply(Call("book", call_id="c1")), Reply("Booked."), tools=[tool])
    session = await site.new_session(await site.new_agent(toolgroups=[tool.toolgroup]))
    turn = await site.turn(session, "Book")
    path = f"{session}/turn/{turn['turn_id']}"
    assert (turn["wait_reason"], turn["steps"][-1]["question"]["message"]) == ("question", "From which account?")
    wrong = await site.post(f"{path}/decision", decides(answer={"name": "x"}))
    is_problem(wrong, 400, "invalid_request", "/answer/name")
    second = (await site.post(f"{path}/decision", decides(answer={"name": "giro"}))).json()
    assert second["steps"][-1]["question"]["message"] == "Are you sure?"
    assert (await site.post(f"{path}/decision", decides())).json()["output_message"]["content"] == "Booked."

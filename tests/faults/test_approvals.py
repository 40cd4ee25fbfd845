"""Calls that wait for a person, on real servers that die: decided once, at any of them, and never run without (R21)."""

import asyncio
from typing import Any

import pytest

from tests.faults.conftest import Open, OpenNodes, Stage
from tests.faults.model import wish
from tests.faults.node import RIGGED
from tests.faults.rigged import TOOLGROUP
from tests.faults.size import PATIENCE_S, chances

pytestmark = pytest.mark.faults

PAY = wish(3, tool="pay", calls=1)


async def waiting(stage: Stage, turn: str) -> dict[str, Any]:
    """Wait until a turn waits for a person; return the step that does."""
    async with asyncio.timeout(PATIENCE_S):
        while (found := await stage.caller.get(turn))["status"] != "awaiting_input":  # noqa: ASYNC110 - no bell
            await asyncio.sleep(0.02)
    step: dict[str, Any] = found["steps"][-1]
    return step


def decision(step: dict[str, Any], verdict: str, **more: Any) -> dict[str, Any]:
    return {"call_id": step["tool_call"]["call_id"], "decision": verdict, **more}


async def test_of_all_who_decide_at_any_server_one_does_when_the_one_that_asked_is_dead(open_nodes: OpenNodes) -> None:
    stage = await open_nodes(3, module=RIGGED)
    session = await stage.new_session(toolgroups=[TOOLGROUP])
    where, stage.caller.where = stage.caller.where, lambda: stage.node.url
    turn = await stage.caller.begin(session, PAY)
    step = await waiting(stage, turn)
    stage.caller.where = where
    await stage.node.kill()
    verdicts = ["approve", "deny"] * 5
    chances("verdicts").shuffle(verdicts)
    answers = await asyncio.gather(
        *(stage.caller.ask("POST", f"{turn}/decision", decision(step, each)) for each in verdicts)
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
    won = next(each for each, answer in zip(verdicts, answers, strict=True) if answer.status_code == 200)
    [end] = await stage.until_idle(session)
    assert (end["status"], end["steps"][1]["approval"]) == ("completed", "approved" if won == "approve" else "denied")
    assert len(stage.effects) == (won == "approve")
    again = await stage.caller.ask("POST", f"{turn}/decision", decision(step, "approve"))
    assert (again.status_code, again.json()["code"]) == (409, "already_decided")
    await stage.check()


async def test_the_waiting_and_what_is_remembered_survive_a_restart_and_a_cancel_is_the_end(open_: Open) -> None:
    stage = await open_(module=RIGGED)
    session = await stage.new_session(toolgroups=[TOOLGROUP])
    turn = await stage.caller.begin(session, PAY)
    step = await waiting(stage, turn)
    await stage.node.restart()
    assert (await stage.caller.get(turn))["steps"][-1] == step
    assert stage.effects == []
    answer = await stage.caller.ask("POST", f"{turn}/decision", decision(step, "approve", remember=True))
    assert (answer.status_code, answer.json()["status"], len(stage.effects)) == (200, "completed", 1)
    await stage.node.restart()
    remembered = await stage.caller.turn(session, PAY)
    assert (remembered["status"], len(stage.effects)) == ("completed", 2)
    other = await stage.new_session(toolgroups=[TOOLGROUP])
    turn = await stage.caller.begin(other, PAY)
    step = await waiting(stage, turn)
    await stage.caller.ask("POST", f"{turn}/cancel")
    await stage.node.restart()
    late = await stage.caller.ask("POST", f"{turn}/decision", decision(step, "approve"))
    assert (late.status_code, late.json()["code"]) == (409, "turn_not_awaiting_input")
    assert len(stage.effects) == 2
    await stage.check()


async def test_an_approval_is_for_one_run_of_the_tool_and_a_lost_one_is_asked_about_again(
    open_nodes: OpenNodes,
) -> None:
    stage = await open_nodes(2, module=RIGGED, FAULTS_TOOL_SECONDS="60")
    session = await stage.new_session(toolgroups=[TOOLGROUP])
    turn = await stage.caller.begin(session, PAY)
    step = await waiting(stage, turn)
    killed, _ = stage.nodes
    stage.caller.where = lambda: killed.url
    await stage.caller.ask("POST", f"{turn}/decision", decision(step, "approve", background=True))
    async with asyncio.timeout(PATIENCE_S):
        while not stage.effects:  # noqa: ASYNC110 - a file rings no bell
            await asyncio.sleep(0.02)
    await killed.kill()
    stage.caller.where = lambda: stage.nodes[1].url
    lost = await waiting(stage, turn)
    assert (lost["approval"], lost["attempt"]) == ("pending", 1)
    assert (await stage.caller.get(turn))["wait_reason"] == "unknown_outcome"
    denied = await stage.caller.ask("POST", f"{turn}/decision", decision(lost, "deny"))
    assert (denied.json()["status"], len(stage.effects)) == ("completed", 1)
    await stage.check()

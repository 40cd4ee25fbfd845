"""Limits and budgets as Llama Stack's clients are told of them: refused in their words, and when to come back."""

import json
import subprocess
from pathlib import Path

import pytest

from tertulia.domain.steps import Usage
from tertulia.models.scripted import Call, Reply
from tertulia.tools.builtin.calculator import calculator
from tests.cli.server_process import serving
from tests.fakes.upstream import Upstream
from tests.llama_stack.client_environments import CLIENTS, FOLDER, NoSuchPython
from tests.llama_stack.directed_upstream import directed
from tests.llama_stack.loop_thread import entered
from tests.llama_stack.stack import OpenStack, data_of, says

COSTS = Usage(input_tokens=70, output_tokens=30)


async def test_who_asks_too_often_is_told_so_in_their_words(open_: OpenStack) -> None:
    stack = await open_(max_requests_per_minute=3)
    refused = [await stack.get("/agents") for _ in range(6)][-1]
    error = refused.json()["error"]
    assert (refused.status_code, error["type"], error["code"]) == (429, "rate_limit_error", "rate_limited")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert "x-should-retry" not in refused.headers
    assert refused.headers["ratelimit-remaining"] == "0"


async def test_who_would_have_to_wait_for_tomorrow_is_told_not_to_try_again(open_: OpenStack) -> None:
    stack = await open_(Reply("Hi.", usage=COSTS), max_tokens_per_day=50)
    session = await stack.new_session()
    await stack.post(f"{session}/turn", says("Hello"))
    refused = await stack.post(f"{session}/turn", says("Hello"))
    assert refused.status_code == 429
    is_far = int(refused.headers["retry-after"]) > 60
    assert refused.headers.get("x-should-retry") == ("false" if is_far else None)


async def test_a_session_without_a_budget_left_is_a_conflict_that_stays(open_: OpenStack) -> None:
    stack = await open_(Reply("Hi.", usage=COSTS))
    session = await stack.new_session(await stack.new_agent(budget={"session_tokens": 100}))
    await stack.post(f"{session}/turn", says("Hello"))
    refused = await stack.post(f"{session}/turn", says("Hello"))
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "budget_reached")
    assert refused.headers["x-should-retry"] == "false"


@pytest.mark.parametrize("stream", [False, True])
async def test_a_turn_that_has_cost_its_budget_ends_with_a_reason_that_they_know(
    open_: OpenStack, stream: bool
) -> None:
    asks = Reply("Let me see.", Call("calculator", {"expression": "1+1"}), usage=COSTS)
    stack = await open_(asks, tools=[calculator])
    agent = await stack.new_agent(toolgroups=["builtin::calculator"], budget={"turn_tokens": 100})
    answer = await stack.post(f"{await stack.new_session(agent)}/turn", says("Hello", stream=stream))
    turn = data_of(answer.content)[-1]["event"]["payload"]["turn"] if stream else answer.json()
    assert turn["output_message"]["stop_reason"] == "out_of_tokens"
    assert turn["output_message"]["content"] == "Let me see."
    assert [step["step_type"] for step in turn["steps"]] == ["inference", "tool_execution"]


@pytest.mark.slow
@pytest.mark.parametrize("client", ["python-0.2.12", "python-0.3.5"])
def test_an_official_client_waits_as_long_as_it_is_told(
    request: pytest.FixtureRequest, tmp_path: Path, client: str
) -> None:
    try:
        python = CLIENTS[client].command(request.config.cache.mkdir("llama-stack-clients"))[0]
    except NoSuchPython as missing:
        pytest.skip(str(missing))
    limits = {"TERTULIA_MAX_CONCURRENT_TURNS": "1"}
    with (
        entered(Upstream(directed)) as upstream,
        serving(tmp_path / "data", TERTULIA_MODEL_SERVERS=f"fake={upstream.url}", **limits) as server,
    ):
        command = [python, str(FOLDER / "limited_client.py"), server.url]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout.splitlines()[-1]) == {"refused": "rate_limited", "at_last": "turn_complete"}

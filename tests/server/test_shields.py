"""Shields in turns: what they look at, what their finding does, and what happens when they cannot judge."""

import asyncio
import base64
from typing import Any

import httpx
import pytest

from tertulia.domain.agents import ToolDef
from tertulia.domain.errors import ModelUnavailable
from tertulia.domain.messages import AssistantMessage, SystemMessage, UserMessage
from tertulia.domain.shields import DEFAULT_MESSAGE, ModelShield, PatternShield
from tertulia.models.scripted import Call, Reply, Script, ScriptedModel
from tests.server.conftest import OpenSite
from tests.server.site import Site, frames_of, is_problem, said

CARDS = PatternShield(shield_id="cards", patterns=[r"\b(?:\d[ -]?){13,16}\b"], message="No card numbers, please.")
SWEARING = PatternShield(shield_id="swearing", words=["damn"], level="warn")
GUARD = ModelShield(shield_id="guard", model="guard/script", prompt="conversation", message="I cannot help with that.")
CARD = "4111 1111 1111 1111"


def steps_of(turn: dict[str, Any]) -> list[str]:
    return [step.get("kind", step["step_type"]) for step in turn["steps"]]


class Guarded:
    """A site with an agent behind shields, and the model that judges."""

    def __init__(self, site: Site, judge: Script, session: str) -> None:
        self.site = site
        self.judge = judge
        self.session = session

    async def turn(self, words: str = "Hello", **more: Any) -> dict[str, Any]:
        return await self.site.turn(self.session, words, **more)


async def guarded(open_: OpenSite, *replies: Reply, judged: list[Reply] | None = None, **config: Any) -> Guarded:
    judge = Script(*(judged or []))
    server = ScriptedModel(judge, name="guard")
    site = await open_(*replies, shields=[CARDS, SWEARING, GUARD], servers=[server])
    return Guarded(site, judge, await site.new_session(await site.new_agent(**config)))


# --- what is found ---


async def test_what_an_input_shield_stops_no_model_is_given(open_: OpenSite) -> None:
    on = await guarded(open_, input_shields=["cards"])
    turn = await on.turn(f"Pay with {CARD}.")
    assert (turn["status"], steps_of(turn)) == ("completed", ["shield_call"])
    assert turn["output_message"]["content"] == "No card numbers, please."
    assert turn["output_message"]["stop_reason"] == "end_of_turn"
    assert on.site.script.requests == []
    (step,) = turn["steps"]
    assert (step["step_type"], step["status"]) == ("other", "completed")
    assert step["metadata"] == {"shield_id": "cards", "touchpoint": "user-input"}
    assert step["violation"] == {
        "violation_level": "error",
        "user_message": "No card numbers, please.",
        "metadata": {"shield_id": "cards", "violation_type": "pattern", "rule": "patterns/0"},
    }


async def test_what_a_shield_lets_pass_is_a_step_without_a_violation(open_: OpenSite) -> None:
    on = await guarded(open_, Reply("Hi."), input_shields=["cards"], output_shields=["cards"])
    turn = await on.turn("Pay with cash.")
    assert (steps_of(turn), turn["output_message"]["content"]) == (["shield_call", "inference", "shield_call"], "Hi.")
    assert [step.get("violation") for step in turn["steps"]] == [None, None, None]
    assert [turn["steps"][place]["metadata"]["touchpoint"] for place in (0, 2)] == ["user-input", "assistant-output"]
    times = [time for step in turn["steps"] for time in (step["started_at"], step["completed_at"])]
    assert times == sorted(set(times))


async def test_what_an_output_shield_stops_is_not_the_answer_now_or_for_later_turns(open_: OpenSite) -> None:
    on = await guarded(open_, Reply(f"It is {CARD}."), Reply("Gladly."), output_shields=["cards"])
    turn = await on.turn("What is your card?")
    assert turn["output_message"]["content"] == "No card numbers, please."
    assert turn["status"] == "completed"
    await on.turn("And now?")
    assert on.site.script.requests[1].messages == [
        UserMessage(content="What is your card?"),
        AssistantMessage(content="No card numbers, please."),
        UserMessage(content="And now?"),
    ]


async def test_a_violation_that_is_no_error_is_noted_and_the_turn_goes_on(open_: OpenSite) -> None:
    on = await guarded(open_, Reply("Calm down."), input_shields=["swearing", "cards"])
    turn = await on.turn("DAMN it")
    assert steps_of(turn) == ["shield_call", "shield_call", "inference"]
    assert turn["steps"][0]["violation"]["violation_level"] == "warn"
    assert turn["output_message"]["content"] == "Calm down."


async def test_the_first_error_ends_it_and_no_further_shield_looks(open_: OpenSite) -> None:
    on = await guarded(open_, input_shields=["cards", "guard"])
    turn = await on.turn(CARD)
    assert steps_of(turn) == ["shield_call"]
    assert on.judge.requests == []


@pytest.mark.parametrize(
    ("words", "is_found"),
    [("damn", True), ("Damn!", True), ("damnation", False), ("goddamn", False), ("dаmn", False), ("a damn b", True)],
)
async def test_words_are_whole_words_whatever_their_case(open_: OpenSite, words: str, is_found: bool) -> None:
    on = await guarded(open_, Reply("Hi."), input_shields=["swearing"])
    turn = await on.turn(words)
    assert (turn["steps"][0]["violation"] is not None) is is_found


async def test_a_shield_reads_files_and_instructions_too(open_: OpenSite) -> None:
    on = await guarded(open_, Reply("Hi."), input_shields=["cards"])
    file = {"name": "a.txt", "type": "text/plain", "content": base64.b64encode(CARD.encode()).decode()}
    inputs = [
        [{"role": "user", "content": "Look", "file": file}],
        [{"role": "user", "content": "Look", "documents": [file]}],
        [{"role": "system", "content": CARD}, {"role": "user", "content": "Hi"}],
        [{"role": "user", "content": [{"type": "text", "text": CARD}]}],
    ]
    for messages in inputs:
        turn = (await on.site.post(f"{on.session}/turn", {"messages": messages})).json()
        assert turn["output_message"]["content"] == "No card numbers, please."


# --- a model that judges ---


async def test_a_model_judges_the_input_and_then_the_answer_to_it(open_: OpenSite) -> None:
    judged = [Reply("safe"), Reply("\n\nunsafe\nS9")]
    on = await guarded(open_, Reply("Like this."), judged=judged, input_shields=["guard"], output_shields=["guard"])
    turn = await on.turn("How?")
    assert [asked.messages for asked in on.judge.requests] == [
        [UserMessage(content="How?")],
        [UserMessage(content="How?"), AssistantMessage(content="Like this.")],
    ]
    assert turn["output_message"]["content"] == "I cannot help with that."
    assert turn["steps"][2]["violation"]["metadata"] == {"shield_id": "guard", "violation_type": "S9"}


async def test_instructions_of_the_agent_are_none_of_the_judges_business(open_: OpenSite) -> None:
    on = await guarded(open_, judged=[Reply("safe")], input_shields=["guard"], instructions="Be evil.")
    await on.turn("How?")
    assert not any(isinstance(message, SystemMessage) for message in on.judge.requests[0].messages)


@pytest.mark.parametrize(
    ("judged", "code"),
    [(Reply("Well, it depends."), "shield_failed"), (Reply(ModelUnavailable("Gone.")), "model_unavailable")],
)
async def test_what_cannot_be_judged_does_not_pass(open_: OpenSite, judged: Reply, code: str) -> None:
    on = await guarded(open_, judged=[judged], input_shields=["guard"])
    turn = await on.turn("How?")
    assert (turn["status"], turn["error"]["code"]) == ("failed", code)
    assert (turn["steps"][0]["status"], turn["steps"][0]["error"]["code"]) == ("failed", code)
    assert on.site.script.requests == []


async def test_a_shield_that_is_gone_lets_nothing_pass(open_: OpenSite) -> None:
    site = await open_()
    shields = site.services.shields
    await shields.register("local", PatternShield(shield_id="mine", words=["x"]))
    session = await site.new_session(await site.new_agent(input_shields=["mine"]))
    await shields.unregister("local", "mine")
    turn = await site.turn(session)
    assert (turn["status"], turn["error"]["code"]) == ("failed", "shield_not_found")
    assert site.script.requests == []


async def test_an_expression_that_takes_for_ever_fails_its_turn_and_holds_up_nobody(open_: OpenSite) -> None:
    trap = PatternShield(shield_id="trap", patterns=["^(a|a?)+$"] * 50)
    site = await open_(shields=[trap])
    session = await site.new_session(await site.new_agent(input_shields=["trap"]))
    path = (await site.say(session, "a" * 5000 + "!", background=True)).headers["location"]
    looks = 0
    while (turn := (await site.get(path)).json())["status"] == "running":
        looks += 1
        await asyncio.sleep(0.01)
    assert (turn["status"], turn["error"]["code"]) == ("failed", "shield_failed")
    assert looks > 10, "others were served meanwhile"


# --- around a turn ---


async def test_a_stream_tells_the_start_and_the_end_of_each_look(open_: OpenSite) -> None:
    on = await guarded(open_, Reply("Hi."), input_shields=["swearing"], output_shields=["cards"])
    frames = frames_of((await on.site.say(on.session, "Damn", stream=True)).content)
    told = [frame.payload for frame in frames if frame.payload.get("step_type") == "other"]
    assert [each["event_type"] for each in told] == ["step_start", "step_complete"] * 2
    assert told[0]["metadata"] == {"shield_id": "swearing", "touchpoint": "user-input"}
    assert told[1]["step_details"]["violation"]["violation_level"] == "warn"
    turn = frames[-1].payload["turn"]
    again = frames_of((await on.site.get(f"{on.session}/turn/{turn['turn_id']}/events")).content)
    assert [frame.raw for frame in again] == [frame.raw for frame in frames]


async def test_input_is_looked_at_once_also_when_a_client_tool_comes_between(open_: OpenSite) -> None:
    camera = ToolDef(name="camera")
    asks = Reply(Call("camera", call_id="c1"))
    on = await guarded(
        open_,
        asks,
        Reply("A cat."),
        judged=[Reply("safe"), Reply("safe")],
        input_shields=["guard"],
        output_shields=["guard"],
        client_tools=[{"name": camera.name}],
    )
    turn = await on.turn("What do you see?")
    path = f"{on.session}/turn/{turn['turn_id']}/resume"
    turn = (await on.site.post(path, {"tool_responses": [{"call_id": "c1", "content": "a cat"}]})).json()
    assert steps_of(turn) == ["shield_call", "inference", "tool_call", "inference", "shield_call"]


@pytest.mark.parametrize("field", ["input_shields", "output_shields"])
async def test_an_agent_cannot_have_a_shield_that_is_not_there(open_: OpenSite, field: str) -> None:
    on = await guarded(open_)
    body = {"agent_config": {"model": "scripted/script", field: ["cards", "nobody"]}}
    problem = is_problem(await on.site.post("/v1/agents", body), 400, "invalid_request", f"/agent_config/{field}/1")
    assert "TERTULIA_SHIELDS" in problem["detail"]
    patched = await on.site.patch(on.site.agent, {"agent_config": {field: ["nobody"]}})
    is_problem(patched, 400, "invalid_request", f"/agent_config/{field}/0")


async def test_a_shield_of_somebody_else_is_not_there(open_: OpenSite) -> None:
    site = await open_()
    await site.services.shields.register("eve", PatternShield(shield_id="hers", words=["x"]))
    refused: httpx.Response = await site.post(
        "/v1/agents", {"agent_config": {"model": "scripted/script", "input_shields": ["hers"]}}
    )
    is_problem(refused, 400, "invalid_request", "/agent_config/input_shields/0")


async def test_without_a_message_of_its_own_a_shield_says_what_to_do(open_: OpenSite) -> None:
    site = await open_(shields=[PatternShield(shield_id="x", words=["x"])])
    session = await site.new_session(await site.new_agent(input_shields=["x"]))
    assert (await site.post(f"{session}/turn", said("x"))).json()["output_message"]["content"] == DEFAULT_MESSAGE

"""The OpenAPI document: valid, whole, and true of what goes over the wire."""

import json
import re
from pathlib import Path
from typing import Any, cast, get_args

import jsonschema_rs
import msgspec
import pytest
from schemathesis.specs.openapi import definitions

from tertulia.domain import errors
from tertulia.domain.agents import ToolDef
from tertulia.domain.errors import TertuliaError
from tertulia.domain.events import TurnEvent
from tertulia.domain.written import refuse_unknown
from tertulia.models.scripted import Call, Reply, Think
from tertulia.server.errors import status_of
from tertulia.server.examples import EXAMPLES
from tests.server.conftest import OpenSite
from tests.server.site import Site, frames_of, said

Json = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Json:
    return json.loads((Path(__file__).parents[2] / "openapi.json").read_text())


def operations(document: Json) -> list[tuple[str, str, Json]]:
    return [(path, method, each) for path, item in document["paths"].items() for method, each in item.items()]


def is_of(document: Json, name: str, value: Any) -> None:
    """Assert that a value is what the document says of a schema."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    jsonschema_rs.validator_for(schema).validate(value)


async def test_it_is_served_as_it_is_committed_and_valid_openapi_31(site: Site, document: Json) -> None:
    served = await site.get("/v1/openapi.json")
    assert served.headers["content-type"].startswith("application/json")
    assert served.json() == document
    assert document["openapi"].startswith("3.1")
    definitions.OPENAPI_31_VALIDATOR.validate(document)


def test_every_schema_that_is_named_is_there_and_every_one_that_is_there_is_named(document: Json) -> None:
    text = json.dumps(document)
    for name in document["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in text, f"nothing speaks of {name}"
    for part in text.split('"#/components/schemas/')[1:]:
        assert part.partition('"')[0] in document["components"]["schemas"]


def test_every_operation_says_what_it_does_and_which_problems_it_answers_with(document: Json) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        assert operation["summary"].endswith("."), where
        assert len(operation["tags"]) == 1, where
        problems = {status: each for status, each in operation["responses"].items() if status >= "400"}
        expected = {"403", "500", "503"}
        expected |= {"404"} if "{" in path else set()
        expected |= {"400", "413", "415"} if "requestBody" in operation else set()
        assert expected <= set(problems), where
        for status, problem in problems.items():
            if (path, status) != ("/v1/ready", "503"):
                assert problem["content"] == {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}
                }, where
                assert problem["description"].startswith("`"), where
        for parameter in operation.get("parameters", []):
            assert parameter["description"], where


def _kinds(kind: type[TertuliaError] = TertuliaError) -> list[type[TertuliaError]]:
    return [kind, *(each for sub in kind.__subclasses__() for each in _kinds(sub))]


INSIDE = {
    errors.NotFound,
    errors.Conflict,
    errors.Forbidden,
    errors.LeaseLost,
    errors.StartupError,
    errors.SourceUnreadable,
    # In `turn.error`, not as the status of a request:
    errors.ModelNotFound,
    errors.ModelError,
    errors.ModelUnavailable,
    errors.ModelTimeout,
    errors.ModelRefused,
    errors.ShieldFailed,
    # Of routes that only Llama Stack's dialect has, which the document does not describe:
    errors.ShieldNotFound,
    errors.ToolNotFound,
    errors.ToolgroupNotFound,
    errors.NotOffered,
    # Of the way of a browser through sign-in elsewhere, which no client takes:
    errors.SignInFailed,
}


@pytest.mark.parametrize("kind", [kind for kind in _kinds() if kind not in INSIDE], ids=lambda kind: kind.__name__)
def test_every_code_that_a_client_can_meet_is_told_at_its_status(document: Json, kind: type[TertuliaError]) -> None:
    status = str(status_of(kind))
    described = [
        operation["responses"].get(status, {}).get("description", "") for _, _, operation in operations(document)
    ]
    assert any(f"`{kind.code}`" in each for each in described)


def test_patterns_are_such_as_every_language_reads(document: Json) -> None:
    patterns = re.findall(r'"pattern": "(.*)"', json.dumps(document, indent=1))
    assert len(patterns) > 9
    assert [each for each in patterns if "(?" in each.replace("(?:", "")] == []


def test_a_turn_is_described_as_json_and_as_a_stream(document: Json) -> None:
    turns = "/v1/agents/{agent_id}/session/{session_id}/turn"
    for path in (turns, f"{turns}/{{turn_id}}/resume"):
        responses = document["paths"][path]["post"]["responses"]
        assert set(responses["200"]["content"]) == {"application/json", "text/event-stream"}
        assert set(responses["202"]["content"]) == {"application/json"}
        assert {"Turn-Id", "Location"} <= set(responses["200"]["headers"])
    events = document["paths"][f"{turns}/{{turn_id}}/events"]["get"]["responses"]["200"]
    assert events["content"] == {"text/event-stream": {"schema": {"$ref": "#/components/schemas/ServerSentEvent"}}}


def test_the_events_of_a_stream_are_those_that_can_happen(document: Json) -> None:
    payload = document["components"]["schemas"]["EventBody"]["properties"]["payload"]
    tags = {cast(Any, kind).__struct_config__.tag for kind in get_args(TurnEvent)}
    assert set(payload["discriminator"]["mapping"]) == tags


def test_clients_may_add_nothing_and_the_server_leaves_nothing_out(document: Json) -> None:
    schemas = document["components"]["schemas"]
    for name in ("CreateTurn", "UserMessage", "FileAttachment", "AgentConfig", "SamplingParams", "SessionPatch"):
        assert schemas[name]["additionalProperties"] is False
    for name in ("Session", "Turn", "InferenceStep", "ToolCallStep", "Agent", "ServerConfig", "TurnList"):
        assert set(schemas[name]["required"]) == set(schemas[name]["properties"])


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_one(document: Json, name: str) -> None:
    [example] = document["components"]["schemas"][name]["examples"]
    is_of(document, name, {key: value for key, value in example.items() if name != "ProblemDetails" or value})
    read = msgspec.convert(example, type(EXAMPLES[name]))
    refuse_unknown(example, read)


async def test_the_examples_of_requests_are_accepted(site: Site, document: Json) -> None:
    def example(name: str) -> Any:
        return document["components"]["schemas"][name]["examples"][0]

    assert (await site.post("/v1/agents", example("CreateAgent"))).status_code == 201
    assert (await site.patch(site.agent, example("PatchAgent"))).status_code == 200
    created = await site.post(f"{site.agent}/session", example("CreateSession"))
    assert created.status_code == 201
    session = created.headers["location"]
    assert (await site.patch(session, example("SessionPatch"))).status_code == 200
    assert (await site.post(f"{session}/turn", example("CreateTurn"))).status_code == 200


async def test_what_goes_over_the_wire_is_what_the_document_says(open_: OpenSite) -> None:
    site = await open_(
        Reply(Think("hm"), "Look: ", Call("camera", {"zoom": 1}, call_id="c1"), Call("none")), Reply("A cat.")
    )
    document = site.app.openapi
    agent = await site.new_agent(client_tools=[msgspec.to_builtins(ToolDef(name="camera"))])
    session = await site.new_session(agent)
    streamed = await site.post(f"{session}/turn", said("What do you see?", stream=True))
    answers = {"tool_responses": [{"call_id": "c1", "content": "a cat"}], "stream": True}
    resumed = await site.post(f"{streamed.headers['location']}/resume", answers)
    frames = frames_of(resumed.content)
    assert len({frame.type for frame in frames}) >= 8
    for frame in frames:
        is_of(document, "ServerSentEvent", frame.fields)
        is_of(document, "EventEnvelope", json.loads(frame.fields["data"]))
    for path, name in (
        (agent, "Agent"),
        ("/v1/agents", "AgentList"),
        (session, "Session"),
        (f"{agent}/sessions", "SessionList"),
        (streamed.headers["location"], "Turn"),
        (f"{session}/turns", "TurnList"),
        ("/v1/models", "ModelList"),
        ("/v1/tools", "ToolList"),
        ("/v1/config", "ServerConfig"),
        ("/v1/version", "Version"),
        ("/v1/agents/none", "ProblemDetails"),
        ("/v1/agents?limit=x", "ProblemDetails"),
    ):
        is_of(document, name, (await site.get(path)).json())

"""The interface against its own description: Schemathesis makes requests, good and bad, and judges the answers."""

from collections.abc import Generator, Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
import structlog
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tertulia.models.scripted import Call, Reply, ScriptedModel
from tertulia.settings.values import Settings
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tertulia.testing import app, services
from tests.server.live import serve_in_thread
from tests.server.site import MODEL, said

# A stream of changes has no end that could be judged: tests/server/test_changes.py has it.
SCHEMA = schemathesis.openapi.from_dict(app(ScriptedModel([])).openapi).exclude(operation_id="follow_sessions")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    missing_required_header,
    unsupported_method,
]
DELETES = frozenset({"delete_agent", "delete_session"})


class World:
    """A server with an agent, a session and a turn that waits for a client tool, and more of them where one is lost."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url)
        self.session = requests.Session()
        self.url = url
        self.ids = self.furnish()

    def furnish(self) -> dict[str, str]:
        """Make an agent, a session and a turn; return their ids and that of a step."""
        agent = {"model": MODEL, "client_tools": [{"name": "camera"}]}
        agent_id = self._post("/v1/agents", {"agent_config": agent})["agent_id"]
        session_id = self._post(f"/v1/agents/{agent_id}/session", {})["session_id"]
        turn = self._post(f"/v1/agents/{agent_id}/session/{session_id}/turn", said("camera"))
        return {
            "agent_id": agent_id,
            "session_id": session_id,
            "turn_id": turn["turn_id"],
            "step_id": turn["steps"][0]["step_id"],
        }

    def _post(self, path: str, body: Any) -> Any:
        answer = self.client.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    def respond(request: Any) -> Reply:
        last = request.messages[-1]
        return Reply(Call("camera", call_id="c1")) if getattr(last, "content", None) == "camera" else Reply("A cat.")

    wired = services(
        ScriptedModel(respond), store=SqlStore(SqliteDatabase(None)), settings=Settings(flush_interval_ms=1)
    )
    with serve_in_thread(wired) as url:
        world = World(url)
        yield world
        world.client.close()
        world.session.close()


@pytest.fixture(autouse=True)
def quiet() -> Generator[None, None, None]:
    """Leave the log out: it is long, and tested elsewhere."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


@SCHEMA.parametrize()
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_every_answer_is_what_the_description_says(case: Case, world: World) -> None:
    ids = world.furnish() if case.operation.definition.raw["operationId"] in DELETES else world.ids
    if case.path_parameters:
        case.path_parameters.update({name: value for name, value in ids.items() if name in case.path_parameters})
    case.call_and_validate(base_url=world.url, session=world.session, checks=checks_of(case))


def checks_of(case: Case) -> list[Any]:
    """All checks but those that a request cannot fail.

    Fields of a form are texts, whatever they were made from. An import takes an export of an older server, which has
    fewer fields than ours. Who registers an MCP server is led to where nobody
    listens, and 502 is the answer to that.
    """
    operation = case.operation.definition.raw["operationId"]
    if case.media_type == "multipart/form-data" or operation == "import_session":
        return [check for check in CHECKS if check is not negative_data_rejection]
    match case.body:
        case {"mcp_endpoint": {"uri": str(uri)} as endpoint} if uri.startswith("http"):
            case.body = {**case.body, "mcp_endpoint": {**endpoint, "uri": "http://127.0.0.1:9/mcp"}}
            return [check for check in CHECKS if check is not not_a_server_error]
        case _:
            return CHECKS

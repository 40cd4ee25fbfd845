"""What the page and operators ask of the server itself."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx

from tertulia import __version__
from tertulia.asgi import app_of
from tertulia.domain.errors import ModelUnavailable
from tertulia.domain.models import ModelInfo
from tertulia.models.base import ModelRequest, Piece
from tertulia.models.demo import demo_server
from tertulia.models.scripted import Reply, ScriptedModel
from tertulia.settings.values import Settings
from tertulia.testing import services
from tests.server.conftest import OpenSite
from tests.server.site import Site, living


class SilentServer:
    """A model server that cannot be reached."""

    name = "gpu"
    url = "http://gpu:8000/v1"
    is_demo = False

    async def list_models(self) -> list[ModelInfo]:
        raise ModelUnavailable("gpu cannot be reached.")

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[Piece], None]:
        raise ModelUnavailable("gpu cannot be reached.")
        yield []

    async def close(self) -> None: ...


async def ask(*servers: Any, path: str, **settings: Any) -> Any:
    application = app_of(services(*servers, settings=Settings(**settings)))
    transport = httpx.ASGITransport(application)
    async with living(application), httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return (await client.get(path)).json()


async def test_the_config_is_all_that_the_page_needs_to_begin(site: Site) -> None:
    config = (await site.get("/v1/config")).json()
    assert {name: config[name] for name in ("version", "auth", "demo", "titles", "trash_days", "retry_ms")} == {
        "version": __version__,
        "auth": "none",
        "demo": False,
        "titles": "first_message",
        "trash_days": 30,
        "retry_ms": 1000,
    }
    assert f"/v1/agents/{config['default_agent_id']}" == site.agent
    assert config["retention"] == {"archive_after": None, "delete_after": None, "keep_pinned": True}
    assert config["tools"] == {"programs": False}
    assert set(config["limits"]) == {"max_body_bytes", "max_file_bytes", "max_files", "max_message_chars", "accept"}
    assert {"text/*", "image/png"} <= set(config["limits"]["accept"])


async def test_without_its_default_agent_the_config_names_none(site: Site) -> None:
    await site.delete(site.agent)
    assert (await site.get("/v1/config")).json()["default_agent_id"] is None


async def test_the_config_tells_that_there_is_only_the_demo() -> None:
    assert (await ask(demo_server(), path="/v1/config"))["demo"] is True
    both = await ask(demo_server(), ScriptedModel([Reply("x")]), path="/v1/config")
    assert both["demo"] is False


async def test_the_config_tells_who_names_sessions(open_: OpenSite) -> None:
    site = await open_(title_model="scripted/script")
    assert (await site.get("/v1/config")).json()["titles"] == "model"


async def test_models_are_listed_by_their_full_names_with_their_servers() -> None:
    listed = await ask(ScriptedModel([Reply("x")], name="lab"), demo_server(), path="/v1/models")
    assert [(model["id"], model["server"], model["name"], model["is_demo"]) for model in listed["models"]] == [
        ("lab/script", "lab", "script", False),
        ("demo/script", "demo", "script", True),
    ]
    assert [(server["name"], server["status"], server["detail"]) for server in listed["servers"]] == [
        ("lab", "ready", None),
        ("demo", "ready", None),
    ]


async def test_a_model_server_that_is_away_hides_no_other_and_says_why() -> None:
    listed = await ask(SilentServer(), ScriptedModel([Reply("x")]), path="/v1/models")
    assert [model["id"] for model in listed["models"]] == ["scripted/script"]
    [silent] = [server for server in listed["servers"] if server["name"] == "gpu"]
    assert (silent["status"], silent["detail"], silent["url"]) == (
        "unreachable",
        "gpu cannot be reached.",
        "http://gpu:8000/v1",
    )


async def test_tools_are_listed_with_what_they_take(site: Site) -> None:
    tools = {tool["name"]: tool for tool in (await site.get("/v1/tools")).json()["tools"]}
    assert list(tools) == ["calculator", "clock", "search_sessions"]
    clock = tools["clock"]
    assert clock["toolgroup"] == "builtin::clock"
    assert clock["name"] == "clock"
    assert clock["input_schema"]["type"] == "object"
    assert clock["policy"] == {"is_idempotent": True, "approval": "never", "is_editable": True, "timeout": None}


async def test_it_lives_it_is_ready_and_it_has_a_version(site: Site) -> None:
    assert (await site.get("/v1/health")).json() == {"status": "ok"}
    assert (await site.get("/v1/ready")).json() == {"status": "ready"}
    assert (await site.get("/v1/version")).json() == {"version": __version__}

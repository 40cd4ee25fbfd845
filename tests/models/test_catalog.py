"""All model servers at once."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from tertulia.domain.errors import ModelError, ModelNotFound, ModelRefused, ModelTimeout, ModelUnavailable
from tertulia.domain.models import ModelInfo, ServerStatus
from tertulia.models.base import Finished, ModelRequest, Piece
from tertulia.models.catalog import ModelCatalog
from tertulia.models.demo import demo_server
from tests.fakes.clock import ManualClock


class Server:
    """A server whose list is what a test says; it counts how often it is asked."""

    is_demo = False

    def __init__(self, name: str, *models: str, error: ModelError | None = None, window: int | None = None) -> None:
        self.name = name
        self.url = f"http://{name}/v1"
        self.models = models
        self.error = error
        self.window = window
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.asked = 0
        self.is_closed = False

    async def list_models(self) -> list[ModelInfo]:
        self.asked += 1
        await self.go_on.wait()
        if self.error is not None:
            raise self.error
        facts = {"max_model_len": self.window} if self.window else {}
        return [
            ModelInfo(id=f"{self.name}/{name}", server=self.name, name=name, metadata=facts) for name in self.models
        ]

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[Piece], None]:
        yield [Finished(reason="stop")]

    async def close(self) -> None:
        self.is_closed = True


async def test_a_model_is_resolved_to_its_server_and_its_name_there() -> None:
    ollama, other = Server("ollama"), Server("other")
    catalog = ModelCatalog([ollama, other])
    assert await catalog.resolve("ollama/llama3.2") == (ollama, "llama3.2", None)
    assert await catalog.resolve("other/org/model:tag") == (other, "org/model:tag", None)


@pytest.mark.parametrize("model_id", ["nowhere/m", "llama3.2", "", "/", "ollama/", "/m", "Ollama/m"])
async def test_a_model_of_no_server_is_not_found_and_the_servers_are_named(model_id: str) -> None:
    with pytest.raises(ModelNotFound, match=r"Model servers here: ollama, demo\.$"):
        await ModelCatalog([Server("ollama"), demo_server()]).resolve(model_id)


async def test_without_any_server_the_sentence_says_so() -> None:
    with pytest.raises(ModelNotFound, match=r"No model server is connected\.$"):
        await ModelCatalog().resolve("ollama/llama3.2")


async def test_the_window_is_known_once_the_models_were_listed() -> None:
    catalog = ModelCatalog([Server("vllm", "m", "n", window=40_960)])
    await catalog.list_models()
    assert (await catalog.resolve("vllm/m"))[2] == 40_960
    assert (await catalog.resolve("vllm/unlisted"))[2] is None


async def test_nobody_is_asked_again_whether_a_model_looks_at_images() -> None:
    clock = ManualClock()
    server, slow = Server("a", "gpt-4o"), Server("slow")
    catalog = ModelCatalog([server, slow], clock=clock)
    await catalog.list_models()
    clock.pass_time(1_000)
    assert await catalog.takes_images("a/gpt-4o") is None
    assert (server.asked, slow.asked) == (1, 1)
    assert await catalog.takes_images("a/llava") is True
    assert (server.asked, slow.asked) == (2, 2)


async def test_the_models_of_all_servers_are_listed_in_their_order() -> None:
    listing = await ModelCatalog([Server("b", "2", "1"), Server("a", "3"), demo_server()]).list_models()
    assert [model.id for model in listing.models] == ["b/2", "b/1", "a/3", "demo/script"]
    assert [(server.name, server.status, server.is_demo) for server in listing.servers] == [
        ("b", "ready", False),
        ("a", "ready", False),
        ("demo", "ready", True),
    ]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ModelUnavailable("Down."), "unreachable"),
        (ModelTimeout("Down."), "unreachable"),
        (ModelRefused("Down."), "unauthorized"),
    ],
)
async def test_one_dead_server_does_not_break_the_list(error: ModelError, status: Any) -> None:
    listing = await ModelCatalog([Server("dead", error=error), Server("alive", "m")]).list_models()
    assert [model.id for model in listing.models] == ["alive/m"]
    assert listing.servers[0] == ServerStatus(name="dead", url="http://dead/v1", status=status, detail="Down.")


async def test_all_servers_are_asked_at_the_same_time() -> None:
    servers = [Server("a", "m"), Server("b", "m")]
    for server in servers:
        server.go_on.clear()
    task = asyncio.create_task(ModelCatalog(servers).list_models())
    await until(lambda: all(server.asked for server in servers))
    for server in servers:
        server.go_on.set()
    assert len((await task).models) == 2


async def test_a_list_is_remembered_for_a_few_seconds() -> None:
    clock, server = ManualClock(), Server("a", "m")
    catalog = ModelCatalog([server], clock=clock)
    await catalog.list_models()
    clock.pass_time(14)
    await catalog.list_models()
    assert server.asked == 1
    clock.pass_time(1)
    await catalog.list_models()
    assert server.asked == 2


async def test_askers_at_the_same_time_share_one_round_and_one_who_leaves_does_not_end_it() -> None:
    server = Server("a", "m")
    server.go_on.clear()
    catalog = ModelCatalog([server])
    tasks = [asyncio.create_task(catalog.list_models()) for _ in range(3)]
    await until(lambda: server.asked > 0)
    tasks[0].cancel()
    await asyncio.sleep(0)
    server.go_on.set()
    listings = await asyncio.gather(*tasks[1:])
    assert [[model.id for model in listing.models] for listing in listings] == [["a/m"], ["a/m"]]
    assert server.asked == 1
    assert tasks[0].cancelled()


async def test_other_servers_take_the_place_of_those_before_even_while_these_are_asked() -> None:
    old, new = Server("old", "m"), Server("new", "m")
    old.go_on.clear()
    catalog = ModelCatalog([old])
    task = asyncio.create_task(catalog.list_models())
    await until(lambda: old.asked > 0)
    catalog.use([new])
    old.go_on.set()
    await task
    assert [model.id for model in (await catalog.list_models()).models] == ["new/m"]
    assert list(catalog.servers) == [new]
    with pytest.raises(ModelNotFound):
        await catalog.resolve("old/m")


async def test_of_two_servers_with_one_name_the_first_is_meant() -> None:
    first, second = Server("a"), Server("a")
    assert (await ModelCatalog([first, second]).resolve("a/m"))[0] is first


async def test_closing_closes_every_server_and_ends_what_is_under_way() -> None:
    servers = [Server("a"), Server("b")]
    servers[0].go_on.clear()
    catalog = ModelCatalog(servers)
    task = asyncio.create_task(catalog.list_models())
    await until(lambda: servers[0].asked > 0)
    await catalog.close()
    assert all(server.is_closed for server in servers)
    with pytest.raises(asyncio.CancelledError):
        await task


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(100):
        if is_so():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to be")

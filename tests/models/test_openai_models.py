"""The list of models that a server says it has."""

import asyncio
from typing import Any

import pytest

from tertulia.domain.errors import ModelError, ModelRefused, ModelTimeout, ModelUnavailable
from tests.fakes.upstream import Behaviour, Wire, answers, says_raw, streams
from tests.models.stage import API_KEY, stage


async def names_of(body: Any) -> list[str]:
    async with stage(answers(200, body)) as on:
        return [model.name for model in await on.model.list_models()]


async def error_of(behaviour: Behaviour) -> ModelError:
    async with stage(behaviour) as on:
        with pytest.raises(ModelError) as caught:
            await on.model.list_models()
        return caught.value


async def test_the_list_is_asked_for_with_the_key() -> None:
    async with stage(answers(200, {"data": [{"id": "llama3.2"}]})) as on:
        [model] = await on.model.list_models()
        assert (model.id, model.server, model.name) == ("fake/llama3.2", "fake", "llama3.2")
        assert on.upstream.requests[0].path == "/v1/models"
        assert on.upstream.requests[0].headers["authorization"] == f"Bearer {API_KEY}"


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"object": "list", "data": None}, []),
        ({"data": []}, []),
        ([{"id": "a"}], ["a"]),
        ({"data": [{"id": "a"}, {"id": "a"}, {"id": ""}, {"id": 5}, {}, "b", {"id": "x" * 301}]}, ["a"]),
        ({"data": [{"id": "org/model:tag"}]}, ["org/model:tag"]),
    ],
)
async def test_lists_of_many_shapes_are_understood(body: Any, names: list[str]) -> None:
    assert await names_of(body) == names


async def test_short_facts_about_a_model_are_kept() -> None:
    item = {"id": "m", "object": "model", "owned_by": "llamacpp", "description": "x" * 300, "permission": [{}]}
    async with stage(answers(200, {"data": [{**item, "meta": {"n_ctx": 4096}, "max_model_len": None}]})) as on:
        [model] = await on.model.list_models()
    assert model.metadata == {"owned_by": "llamacpp", "n_ctx": 4096}


async def test_a_model_with_a_thousand_facts_keeps_a_few() -> None:
    async with stage(answers(200, {"data": [{"id": "m", **{f"fact{n}": n for n in range(1_000)}}]})) as on:
        [model] = await on.model.list_models()
    assert len(model.metadata) == 24


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_is_not_accepted_is_refused(status: int) -> None:
    error = await error_of(answers(status, {"error": {"message": f"bad key {API_KEY}"}}))
    assert isinstance(error, ModelRefused)
    assert API_KEY not in error.message


@pytest.mark.parametrize(
    "behaviour",
    [
        answers(404),
        answers(500),
        answers(302, headers={"Location": "http://127.0.0.1:1/v1/models"}),
        answers(200, b"<html>"),
        answers(200, b'{"data": 5}'),
        answers(200, b"null"),
        answers(200, b"\xff"),
        says_raw(b"SSH-2.0\r\n\r\n"),
        says_raw(b""),
        streams(b'{"data": [', ending="cut"),
    ],
    ids=["404", "500", "redirect", "HTML", "no list", "null", "no UTF-8", "no HTTP", "nothing", "cut"],
)
async def test_what_is_no_list_makes_the_server_unavailable(behaviour: Behaviour) -> None:
    error = await error_of(behaviour)
    assert isinstance(error, ModelUnavailable)
    assert "The model server fake" in error.message


async def test_a_list_without_end_is_left() -> None:
    error = await error_of(streams(*[b" " * 1_000_000] * 9))
    assert "too large" in error.message


async def silent(wire: Wire) -> None:
    await wire.hang()


@pytest.mark.parametrize("behaviour", [silent, streams(b'{"data": [', ending="hang")], ids=["silent", "stalled"])
async def test_a_server_that_is_silent_is_left_after_five_seconds(behaviour: Behaviour) -> None:
    async with stage(behaviour) as on:
        task = asyncio.create_task(on.model.list_models())
        await on.until_waiting()
        on.clock.pass_time(5)
        with pytest.raises(ModelTimeout, match="within 5 seconds"):
            await task
        await on.upstream.client_left.wait()
        assert not on.clock.has_timers

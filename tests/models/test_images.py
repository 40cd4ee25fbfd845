"""Which models look at images: what servers say, what is known of names, and what the operator says."""

from typing import Any

import pytest

from tertulia.domain.models import ModelInfo
from tertulia.models.base import ModelServer
from tertulia.models.catalog import ModelCatalog
from tertulia.models.images import known_to_look, overruled, said_to_look
from tertulia.models.openai_chat import OpenAIChat
from tertulia.models.scripted import Reply, ScriptedModel
from tests.fakes.upstream import Behaviour, Wire, answers
from tests.models.stage import stage


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"capabilities": ["completion", "vision"]}, True),  # Ollama
        ({"capabilities": ["completion", "multimodal"]}, True),  # llama.cpp
        ({"capabilities": ["completion", "tools"]}, False),
        ({"capabilities": {"vision": False, "function_calling": True}}, False),  # Mistral
        ({"architecture": {"input_modalities": ["text", "image"]}}, True),  # OpenRouter
        ({"architecture": {"input_modalities": ["text"]}}, False),
        ({"type": "vlm", "compatibility_type": "gguf"}, True),  # LM Studio
        ({"type": "llm", "compatibility_type": "gguf"}, False),
        ({"supports_vision": True}, True),  # LiteLLM
        ({}, None),
        ({"capabilities": None, "architecture": "llama", "type": "chat"}, None),
        ({"capabilities": {"vision": "yes"}}, None),
        ({"capabilities": [{"name": "vision"}, 5]}, False),
    ],
)
def test_what_servers_say(facts: dict[str, Any], verdict: bool | None) -> None:
    assert said_to_look(facts) is verdict


@pytest.mark.parametrize(
    "name",
    [
        *("gpt-4o-mini", "gpt-4.1", "gpt-5.1", "o3", "o4-mini", "claude-sonnet-4-5", "gemini-2.5-flash"),
        *("llava:7b", "llama3.2-vision:11b", "meta-llama/Llama-4-Scout-17B", "gemma3:4b", "google/gemma-3-27b-it"),
        *("Qwen/Qwen2.5-VL-7B-Instruct", "qwen3-vl:8b", "qwen2.5vl:7b", "mistral-small3.2", "mistralai/Pixtral-12B"),
        *("minicpm-v", "glm-4.5v", "OpenGVLab/InternVL3-8B", "granite3.2-vision", "phi-4-multimodal-instruct"),
    ],
)
def test_models_that_are_known_to_look(name: str) -> None:
    assert known_to_look(name) is True


@pytest.mark.parametrize(
    "name",
    [
        *("gpt-3.5-turbo", "gpt-4", "gpt-oss:20b", "o3-mini", "o1-mini", "gpt-4o-transcribe", "claude-2.1"),
        *(
            "llama3.2:latest",
            "qwen3:4b",
            "gemma2:9b",
            "gemma3:1b",
            "mistral-small:24b",
            "phi4",
            "deepseek-r1",
            "glm-4.6",
        ),
        *("whisper-large", "gemini-embedding-001", "m"),
    ],
)
def test_of_other_names_nothing_is_known(name: str) -> None:
    assert known_to_look(name) is None


def test_the_operator_has_the_last_word() -> None:
    patterns = ["vllm/*", "!vllm/text-*", "*/Mine"]
    assert overruled("vllm/a/b", patterns) is True
    assert overruled("vllm/text-only", patterns) is False
    assert overruled("ollama/mine", patterns) is True
    assert overruled("ollama/llava", patterns) is None


def by_path(**behaviours: Behaviour) -> Behaviour:
    """Answer by the last part of the path."""

    async def behave(wire: Wire) -> None:
        await behaviours[wire.request.path.rpartition("/")[2]](wire)

    return behave


async def looks(behaviour: Behaviour) -> dict[str, bool | None]:
    async with stage(behaviour) as on:
        return {model.name: model.takes_images for model in await on.model.list_models()}


async def test_ollama_is_asked_about_each_model_once() -> None:
    async def show(wire: Wire) -> None:
        name = wire.request.json["model"]
        answer = {"capabilities": ["completion", *(["vision"] if "eyes" in name else [])]}
        await (answers(404) if name == "gone" else answers(200, answer))(wire)

    listed = [{"id": name, "owned_by": "library", "created": 1} for name in ("eyes", "gemma3:4b", "gone")]
    async with stage(by_path(models=answers(200, {"data": listed}), show=show)) as on:
        for _ in range(2):
            models = {model.name: model.takes_images for model in await on.model.list_models()}
            assert models == {"eyes": True, "gemma3:4b": False, "gone": None}  # what the server says goes before names
        assert [request.path for request in on.upstream.requests].count("/api/show") == 3


@pytest.mark.parametrize("status", [500, 404, 200])
@pytest.mark.parametrize("body", [b"[]", b"{", b"{}"])
async def test_an_ollama_that_says_nothing_more_has_its_models_all_the_same(status: int, body: bytes) -> None:
    listed = answers(200, {"data": [{"id": "llava", "owned_by": "library"}, {"id": "m", "owned_by": "library"}]})
    assert await looks(by_path(models=listed, show=answers(status, body))) == {"llava": True, "m": None}


async def test_an_ollama_that_hangs_up_has_its_models_all_the_same() -> None:
    async def hang_up(wire: Wire) -> None:
        wire.reset()

    listed = answers(200, {"data": [{"id": f"m{n}", "owned_by": "library"} for n in range(9)]})
    assert set((await looks(by_path(models=listed, show=hang_up))).values()) == {None}


async def test_lm_studio_says_it_in_a_list_of_its_own() -> None:
    async def listed(wire: Wire) -> None:
        own = [{"id": "eyes", "type": "vlm", "compatibility_type": "mlx", "loaded_context_length": 4096}]
        openai = [{"id": "eyes", "object": "model", "owned_by": "organization_owner"}]
        await answers(200, {"data": own if wire.request.path.startswith("/api/v0") else openai})(wire)

    async with stage(listed) as on:
        (model,) = await on.model.list_models()
    assert model.takes_images is True
    assert model.metadata["loaded_context_length"] == 4096


async def test_llama_cpp_says_it_beside_the_list() -> None:
    body = {
        "models": [{"name": "gemma.gguf", "model": "gemma.gguf", "capabilities": ["completion", "multimodal"]}],
        "data": [{"id": "gemma.gguf", "owned_by": "llamacpp"}],
    }
    assert await looks(answers(200, body)) == {"gemma.gguf": True}
    assert await looks(answers(200, {**body, "models": "nonsense"})) == {"gemma.gguf": None}


async def listed(server: ModelServer, *patterns: str) -> list[ModelInfo]:
    return (await ModelCatalog([server], image_models=patterns).list_models()).models


async def test_the_catalogue_says_what_the_operator_says() -> None:
    server = ScriptedModel([Reply("Hi.")])
    assert [model.takes_images for model in await listed(server)] == [True]
    assert [model.takes_images for model in await listed(server, "!scripted/*")] == [False]
    catalog = ModelCatalog([server], image_models=["!scripted/*"])
    assert await catalog.takes_images("scripted/script") is False


async def test_a_model_that_is_not_listed_is_known_by_its_name() -> None:
    async with stage(answers(200, {"data": []})) as on:
        assert isinstance(on.model, OpenAIChat)
        catalog = ModelCatalog([on.model])
        assert await catalog.takes_images("fake/gpt-4o") is True
        assert await catalog.takes_images("fake/mystery") is None
        await catalog.close()

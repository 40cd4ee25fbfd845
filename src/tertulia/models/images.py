"""Which models look at images: what their server says, else what is known of their name, else nobody knows.

An image that a model does not take fails every turn of its session from then on, so what nobody knows counts as no
(`TERTULIA_IMAGE_MODELS` says otherwise).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, cast

WORDS = frozenset({"vision", "image", "images", "multimodal"})
"""What Ollama, llama.cpp, OpenRouter and others call it among the abilities of a model."""
LISTS = ("capabilities", "input_modalities", "modalities")
FLAGS = ("vision", "supports_vision", "supports_images", "supports_image_input")

KNOWN = re.compile(
    r"gpt-4o|gpt-4\.1|gpt-4-turbo|gpt-4\.5|gpt-5|chatgpt-4o|\bo[134]\b(?!-mini)|\bo4-mini|claude-|gemini|"
    r"llava|bakllava|vision|[-_.\d]vl\b|moondream|minicpm-?[vo]|pixtral|mistral-small-?3\.[1-9]|mistral-medium|"
    r"ministral-3|gemma-?3n?\b(?!.*\b(?:1b|270m))|gemma-?4|llama-?4|internvl|smolvlm|glm-[\d.]+v|granite.*vision|"
    r"phi-?[34][\d.]*-(?:vision|multimodal)|qwen-?3\.5|qvq|kimi-vl|molmo|aya-vision|idefics|cogvlm|ovis"
)
"""Families of models that look at images, by what their makers call them."""
NOT_THESE = re.compile(r"claude-(?:2|instant)|embed|whisper|tts|audio|realtime|transcribe|dall-e|rerank")


def said_to_look(facts: Mapping[str, Any]) -> bool | None:
    """Return what a server says about a model; None when it says nothing."""
    for name in LISTS:
        listed = facts.get(name)
        if isinstance(listed, dict) and (flag := _flag(cast("dict[str, Any]", listed))) is not None:
            return flag
        if isinstance(listed, list):
            return not WORDS.isdisjoint(word for word in cast("list[Any]", listed) if isinstance(word, str))
    if isinstance(architecture := facts.get("architecture"), dict):  # OpenRouter's
        return said_to_look(cast("dict[str, Any]", architecture))
    match facts:
        case {"type": "vlm"}:
            return True
        case {"type": "llm", "compatibility_type": _}:  # LM Studio's, whose other type is `vlm`
            return False
        case _:
            return _flag(facts)


def known_to_look(name: str) -> bool | None:
    """Return True for names of models that are known to look at images; of others nothing is known."""
    plain = name.lower()
    return True if KNOWN.search(plain) and not NOT_THESE.search(plain) else None


def overruled(model_id: str, patterns: Sequence[str]) -> bool | None:
    """Return what the operator says of `server/model`: the last pattern that fits; one behind `!` says no."""
    verdict: bool | None = None
    for pattern in patterns:
        if fnmatchcase(model_id.lower(), pattern.removeprefix("!").lower()):
            verdict = not pattern.startswith("!")
    return verdict


def _flag(facts: Mapping[str, Any]) -> bool | None:
    return next(_flags(facts), None)


def _flags(facts: Mapping[str, Any]) -> Iterator[bool]:
    for name in FLAGS:
        if isinstance(value := facts.get(name), bool):
            yield value

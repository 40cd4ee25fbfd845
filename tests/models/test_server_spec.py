"""What an operator writes, as model servers with names."""

import pytest

from tertulia.domain.errors import StartupError
from tertulia.models.server_spec import ServerSpec, parse_server_spec, server_specs, with_found, with_unique_names


@pytest.mark.parametrize(
    ("text", "name", "url"),
    [
        ("http://127.0.0.1:11434", "ollama", "http://127.0.0.1:11434/v1"),
        ("http://localhost:11434/", "ollama", "http://localhost:11434/v1"),
        ("http://[::1]:1234/v1", "lmstudio", "http://[::1]:1234/v1"),
        ("http://127.0.0.1:8080/v1/", "llamacpp", "http://127.0.0.1:8080/v1"),
        ("http://127.0.0.1:8000", "vllm", "http://127.0.0.1:8000/v1"),
        ("http://127.0.0.1:18900/v1", "127.0.0.1-18900", "http://127.0.0.1:18900/v1"),
        ("http://[::1]:9000", "1-9000", "http://[::1]:9000/v1"),
        ("http://gpu-box.lan:11434", "gpu-box.lan-11434", "http://gpu-box.lan:11434/v1"),
        ("http://203.0.113.7", "203.0.113.7", "http://203.0.113.7/v1"),
        ("https://api.openai.com/v1", "openai", "https://api.openai.com/v1"),
        ("https://API.OpenAI.com", "openai", "https://api.openai.com/v1"),
        ("https://openrouter.ai/api/v1", "openrouter", "https://openrouter.ai/api/v1"),
        (
            "https://models.inference.example.org/v1",
            "models.inference.example.org",
            "https://models.inference.example.org/v1",
        ),
        ("https://api.groq.com/openai/v1/chat/completions", "groq", "https://api.groq.com/openai/v1"),
        ("big-box=http://203.0.113.7:8000", "big-box", "http://203.0.113.7:8000/v1"),
        (" gpu.2 = http://203.0.113.7:8000/v1 ", "gpu.2", "http://203.0.113.7:8000/v1"),
        ("http://host.example/a=b", "host", "http://host.example/a=b"),
    ],
)
def test_a_server_has_a_name_and_the_base_url_of_its_api(text: str, name: str, url: str) -> None:
    assert parse_server_spec(text) == ServerSpec(name=name, url=url)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ollama",
        "127.0.0.1:11434",
        "ftp://127.0.0.1/v1",
        "file:///v1",
        "http://",
        "http://:8000",
        "http://host:port",
        "http://host:99999",
        "http://[::1",
        "http://ho st/v1",
        "http://host/v1\r\nX: y",
        "Big=http://host/v1",
        "a_b=http://host/v1",
        "a/b=http://host/v1",
        "=http://host/v1",
        "-=http://host/v1",
        "http://host/v1?x=1",
        "http://host/v1#x",
        "http://user@host/v1",
    ],
)
def test_what_is_no_server_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(StartupError, match=r"\.$"):
        parse_server_spec(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://me:hunter2@host/v1",
        "http://host/v1?api_key=hunter2",
        "http://host/v1#hunter2",
        "http://me:hunter2@host:x/",
    ],
)
def test_no_sentence_repeats_a_secret(text: str) -> None:
    with pytest.raises(StartupError) as caught:
        parse_server_spec(text)
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize("key", ["sk-1\nX: y", "sk 1", "schlüssel", "\x00"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_repeated(key: str) -> None:
    with pytest.raises(StartupError) as caught:
        parse_server_spec("http://host/v1", key)
    assert key not in caught.value.message


def test_space_around_a_key_is_dropped() -> None:
    assert parse_server_spec("http://host/v1", " sk-1\n").api_key == "sk-1"


def test_servers_of_one_name_are_numbered() -> None:
    specs = server_specs(["http://127.0.0.1:11434", "http://localhost:11434", "ollama=http://203.0.113.7:11434"])
    assert [spec.name for spec in specs] == ["ollama", "ollama-2", "ollama-3"]


def test_a_number_that_is_taken_is_passed_over() -> None:
    specs = with_unique_names([ServerSpec(name=name, url="http://h/v1") for name in ("a-2", "a", "a")])
    assert [spec.name for spec in specs] == ["a-2", "a", "a-3"]


def test_the_name_of_the_demo_is_taken() -> None:
    assert server_specs(["demo=http://host/v1"])[0].name == "demo-2"


def test_a_key_alone_means_openai() -> None:
    assert server_specs([], openai_api_key="sk-1") == [
        ServerSpec(name="openai", url="https://api.openai.com/v1", api_key="sk-1")
    ]


def test_a_base_url_alone_is_a_server_named_openai() -> None:
    assert server_specs([], openai_base_url="http://203.0.113.7:8000/v1") == [
        ServerSpec(name="openai", url="http://203.0.113.7:8000/v1")
    ]


def test_without_either_there_is_no_openai() -> None:
    assert server_specs(["http://127.0.0.1:11434"], openai_base_url="", openai_api_key="") == [
        ServerSpec(name="ollama", url="http://127.0.0.1:11434/v1")
    ]


def test_the_key_goes_to_the_server_that_it_belongs_to_and_to_no_other() -> None:
    specs = server_specs(["http://127.0.0.1:11434", "main=https://api.openai.com/v1"], openai_api_key="sk-1")
    assert [(spec.name, spec.api_key) for spec in specs] == [("ollama", None), ("main", "sk-1")]


def test_no_key_is_shown() -> None:
    assert "sk-1" not in repr(server_specs([], openai_api_key="sk-1"))


def test_what_was_found_joins_what_was_given() -> None:
    given = [ServerSpec(name="ollama", url="http://203.0.113.7:11434/v1")]
    found = [ServerSpec(name="ollama", url="http://127.0.0.1:11434/v1")]
    assert [(spec.name, spec.url) for spec in with_found(given, found)] == [
        ("ollama", "http://203.0.113.7:11434/v1"),
        ("ollama-2", "http://127.0.0.1:11434/v1"),
    ]


@pytest.mark.parametrize("url", ["http://localhost:8000/v1", "http://[::1]:8000/v1", "http://127.0.0.1:8000/other"])
def test_what_was_given_is_not_found_once_more(url: str) -> None:
    given = [ServerSpec(name="mine", url=url, api_key="sk-1")]
    assert with_found(given, [ServerSpec(name="vllm", url="http://127.0.0.1:8000/v1")]) == given

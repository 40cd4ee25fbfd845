"""Settings: what the environment says, in values; what it says wrongly, in sentences."""

from pathlib import Path

import msgspec
import pytest

from tertulia.domain.errors import StartupError
from tertulia.settings.checks import check_bind, unknown_variables
from tertulia.settings.shown import Secret, redact
from tertulia.settings.values import Settings

CANARY = "sk-canary-7391"


def test_an_empty_environment_gives_what_works_on_a_laptop() -> None:
    settings = Settings.from_env({})
    assert settings == Settings()
    assert (settings.host, settings.port, settings.demo) == ("127.0.0.1", 8321, "auto")
    assert settings.store_url == f"sqlite:///{settings.data_dir}/tertulia.db"


EMBEDDERS = "origins such as https://www.example, each without a path or a `*`"


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.from_env({"TERTULIA_PORT": " ", "TERTULIA_DATABASE_URL": ""}) == Settings()


@pytest.mark.parametrize(
    ("variable", "text", "field", "value"),
    [
        ("TERTULIA_PORT", "9000", "port", 9000),
        ("TERTULIA_DISCOVER", "false", "discover", False),
        ("TERTULIA_OPEN", "1", "open", True),
        ("TERTULIA_IDLE_TIMEOUT", "0.5", "idle_timeout", 0.5),
        ("TERTULIA_DEMO", "never", "demo", "never"),
        ("TERTULIA_DATA_DIR", "/srv/tertulia", "data_dir", Path("/srv/tertulia")),
        ("TERTULIA_MODEL_SERVERS", "http://a/v1, b=https://b", "model_servers", ["http://a/v1", "b=https://b"]),
        ("TERTULIA_MODEL_SERVERS", "http://a http://b", "model_servers", ["http://a", "http://b"]),
        ("TERTULIA_ALLOWED_ORIGINS", "https://a.example", "allowed_origins", ["https://a.example"]),
        ("OPENAI_BASE_URL", "https://models.example/v1", "openai_base_url", "https://models.example/v1"),
        ("OPENAI_API_KEY", CANARY, "openai_api_key", Secret(CANARY)),
    ],
)
def test_a_variable_sets_its_field(variable: str, text: str, field: str, value: object) -> None:
    assert getattr(Settings.from_env({variable: text}), field) == value


@pytest.mark.parametrize(
    ("variable", "text", "takes"),
    [
        ("TERTULIA_PORT", "many", "a whole number from 0 to 65535"),
        ("TERTULIA_PORT", "70000", "a whole number from 0 to 65535"),
        ("TERTULIA_DISCOVER", "perhaps", "true or false"),
        ("TERTULIA_HEARTBEAT", "0", "a number above 0"),
        ("TERTULIA_HEARTBEAT", "nan", "a number above 0"),
        ("TERTULIA_DEMO", "often", "one of always, auto, never"),
        ("TERTULIA_MODEL_SERVERS", "http://a, localhost:11434", "model servers, each as URL or name=URL"),
        ("TERTULIA_ALLOWED_HOSTS", "https://a.example", "host names, without scheme and port"),
        ("TERTULIA_ALLOWED_ORIGINS", "a.example", "origins such as https://chat.example, without a path"),
        ("TERTULIA_EMBED_ORIGINS", "https://*.example", EMBEDDERS),
        ("TERTULIA_EMBED_ORIGINS", "https://a;script-src", EMBEDDERS),
        ("TERTULIA_EMBED_ORIGINS", "https://a.example/path", EMBEDDERS),
        ("TERTULIA_TITLE_MODEL", "llama", "a model as server/model"),
        (
            "TERTULIA_DATABASE_URL",
            "tertulia.db",
            "a URL such as sqlite:////srv/tertulia.db or postgresql://user@host/name",
        ),
        ("OPENAI_BASE_URL", "models.example", "a URL that begins with http:// or https://"),
    ],
)
def test_what_a_setting_does_not_take_is_a_sentence_that_names_the_variable(
    variable: str, text: str, takes: str
) -> None:
    with pytest.raises(StartupError) as refused:
        Settings.from_env({variable: text})
    assert refused.value.message == f'{variable} is "{text}", but it takes {takes}.'


def test_the_command_line_goes_before_the_environment() -> None:
    environ = {"TERTULIA_PORT": "9000", "TERTULIA_HOST": "::1"}
    settings = Settings.from_env(environ, port="9001", host=None)
    assert (settings.port, settings.host) == (9001, "::1")


def test_what_is_wrong_on_the_command_line_names_the_option() -> None:
    with pytest.raises(StartupError, match='--model-server is "ftp://a", but it takes'):
        Settings.from_env({}, model_servers=("ftp://a",))


def test_a_setting_that_does_not_exist_is_a_mistake_in_our_code() -> None:
    with pytest.raises(TypeError, match="no such settings: colour"):
        Settings.from_env({}, colour="red")


def test_a_relative_data_directory_is_made_absolute_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings.from_env({"TERTULIA_DATA_DIR": "data"}).data_dir == tmp_path / "data"


def test_a_given_database_goes_before_the_data_directory() -> None:
    assert Settings(database_url="sqlite:////srv/x.db").store_url == "sqlite:////srv/x.db"


def test_no_way_of_printing_settings_shows_a_secret() -> None:
    environ = {
        "OPENAI_API_KEY": CANARY,
        "TERTULIA_DATABASE_URL": f"postgresql://me:{CANARY}@db.example/tertulia?password={CANARY}",
        "TERTULIA_MODEL_SERVERS": f"http://a http://me:{CANARY}@b/v1 c=https://c/v1?key={CANARY}",
    }
    settings = Settings.from_env(environ)
    for text in (repr(settings), str(settings), f"{settings}", repr(settings.shown()), repr(settings.openai_api_key)):
        assert CANARY not in text
    with pytest.raises(TypeError, match="Secret"):
        msgspec.json.encode(settings.openai_api_key)
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.reveal() == CANARY


def test_a_refusal_does_not_show_the_password_of_a_url() -> None:
    with pytest.raises(StartupError) as refused:
        Settings.from_env({"TERTULIA_MODEL_SERVERS": f"http://me:{CANARY}@a?k={CANARY} ftp://me:{CANARY}@b?k={CANARY}"})
    assert CANARY not in refused.value.message


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://a/v1", "http://a/v1"),
        ("http://me:secret@a/v1", "http://a/v1"),
        ("http://me@a:80", "http://a:80"),
        ("x=http://a/v1?key=secret, http://b", "x=http://a/v1?…, http://b"),
    ],
)
def test_a_url_is_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    assert redact(url) == shown


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.5", "::1", "localhost"])
def test_an_address_of_this_machine_alone_may_be_listened_at(host: str) -> None:
    check_bind(Settings(host=host, auth="none"))
    assert Settings(host=host).auth_mode == "none"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.2", "chat.example", "", "localhost.example"])
def test_an_address_that_others_can_reach_is_refused_with_a_way_out(host: str) -> None:
    with pytest.raises(StartupError, match=r"Leave TERTULIA_AUTH out.*listen at 127\.0\.0\.1"):
        check_bind(Settings(host=host, auth="none"))
    assert Settings(host=host).auth_mode == "accounts"


def test_requests_may_name_the_bind_this_machine_and_the_given_hosts() -> None:
    assert Settings(host="::1", allowed_hosts=["Chat.Example"]).host_names == frozenset(
        {"[::1]", "localhost", "127.0.0.1", "chat.example"}
    )


def test_a_file_of_the_largest_size_fits_into_the_largest_body() -> None:
    settings = Settings()
    assert settings.max_file_bytes * 4 / 3 < settings.max_body_bytes


def test_misspelt_variables_are_found() -> None:
    environ = {"TERTULIA_PROT": "1", "TERTULIA_PORT": "2", "TERTULIA_SKIP_WEB": "1", "PORT": "3"}
    assert unknown_variables(environ) == ["TERTULIA_PROT"]

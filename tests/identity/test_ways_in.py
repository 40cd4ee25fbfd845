"""Settings by which people come in: what does not fit together keeps the server from starting, and says what to set."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tertulia.cli.identity_findings import find_identity
from tertulia.domain.errors import StartupError
from tertulia.runtime.ways_in import redirect_uri
from tertulia.runtime.ways_in_check import check_ways
from tertulia.settings.values import Settings
from tests.identity.identity_provider import REDIRECT_URI, IdentityProvider

OIDC: dict[str, Any] = {"auth": "accounts", "oidc_issuer": "https://id.example", "oidc_client_id": "tertulia"}
JWT: dict[str, Any] = {"auth": "accounts", "jwt_issuer": "https://id.example", "jwt_audiences": ["tertulia-api"]}
PROXY: dict[str, Any] = {"auth": "proxy", "proxy_networks": ["127.0.0.1/32"]}
ROLES: dict[str, Any] = {"identity_roles": ["admins=admin"], "identity_default_role": "none"}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        OIDC,
        JWT,
        PROXY,
        {**OIDC, "jwt_audiences": ["tertulia-api"]},
        {**OIDC, "host": "0.0.0.0", "public_url": "https://chat.example"},
        {**OIDC, "oidc_issuer": "http://127.0.0.1:9000/realms/x"},
        {**OIDC, **ROLES, "oidc_role_claim": "groups"},
        {**OIDC, **JWT, **ROLES, "oidc_role_claim": "groups"},
        {**JWT, **ROLES, "jwt_role_claim": "groups", "jwt_jwks_url": "https://id.example/jwks"},
        {**PROXY, **ROLES, "proxy_role_header": "X-Groups"},
        {"identity_default_role": "reader"},
    ],
)
def test_what_fits_together_is_taken(settings: dict[str, Any]) -> None:
    check_ways(Settings(**settings))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({**OIDC, "auth": "auto"}, "TERTULIA_AUTH=accounts"),
        ({**OIDC, "auth": "proxy", "proxy_networks": ["127.0.0.1/32"]}, "TERTULIA_AUTH=accounts"),
        ({**JWT, "auth": "none"}, "TERTULIA_AUTH=accounts"),
        ({**PROXY, "auth": "accounts"}, "TERTULIA_AUTH=proxy"),
        ({"auth": "proxy"}, "wants TERTULIA_PROXY_NETWORKS"),
        ({**PROXY, "proxy_networks": ["10.0.0.0/99"]}, "no network"),
        ({**OIDC, "oidc_client_id": None}, "go together"),
        ({"auth": "accounts", "oidc_client_id": "tertulia"}, "go together"),
        ({**OIDC, "host": "0.0.0.0"}, "wants TERTULIA_PUBLIC_URL"),
        ({**OIDC, "port": 0}, "wants TERTULIA_PUBLIC_URL"),
        ({**OIDC, "oidc_issuer": "http://id.example"}, "must be https://"),
        ({**JWT, "jwt_jwks_url": "http://id.example/jwks"}, "TERTULIA_JWT_JWKS_URL begins with http://"),
        ({**JWT, "jwt_audiences": []}, "wants TERTULIA_JWT_AUDIENCES"),
        ({**JWT, "jwt_issuer": None}, "wants TERTULIA_JWT_ISSUER"),
        ({**OIDC, **ROLES}, "wants TERTULIA_OIDC_ROLE_CLAIM"),
        ({**JWT, **ROLES}, "wants TERTULIA_JWT_ROLE_CLAIM"),
        ({**PROXY, **ROLES}, "wants TERTULIA_PROXY_ROLE_HEADER"),
        ({**OIDC, "oidc_role_claim": "groups"}, "wants TERTULIA_IDENTITY_ROLES"),
    ],
)
def test_what_does_not_fit_together_is_refused_with_what_to_set(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(StartupError, match=says):
        check_ways(Settings(**settings))


def test_the_provider_of_these_tests_knows_where_this_server_takes_people_back() -> None:
    assert redirect_uri(Settings()) == REDIRECT_URI


def test_people_come_back_to_the_public_url_which_is_a_name_of_the_server() -> None:
    settings = Settings(host="0.0.0.0", public_url="https://Chat.example:8443")
    assert redirect_uri(settings) == "https://Chat.example:8443/v1/sign-in/oidc/callback"
    assert "chat.example" in settings.host_names


def test_what_checks_tokens_is_not_imported_by_a_start() -> None:
    code = "import sys, tertulia.cli.serve; sys.exit(bool({'jwt', 'cryptography'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_the_doctor_finds_a_provider_that_answers(identity_provider: IdentityProvider, tmp_path: Path) -> None:
    settings = Settings(**{**OIDC, "oidc_issuer": identity_provider.issuer, "data_dir": tmp_path})
    answers, told = await find_identity(settings)
    assert (answers.level, answers.text) == ("ok", f"{identity_provider.issuer} answers, with 2 keys")
    assert REDIRECT_URI in told.text


async def test_the_doctor_notes_a_provider_that_does_not() -> None:
    found, _ = await find_identity(Settings(**{**OIDC, "oidc_issuer": "http://127.0.0.1:1"}))
    assert found.level == "note"
    assert "cannot be reached" in found.text


async def test_the_doctor_says_whom_a_proxy_is_believed() -> None:
    (found,) = await find_identity(Settings(**PROXY))
    assert "127.0.0.1/32" in found.text


async def test_the_doctor_says_what_keeps_the_server_from_starting() -> None:
    (found,) = await find_identity(Settings(auth="proxy"))
    assert (found.level, found.matter) == ("problem", "sign-in")


async def test_the_doctor_says_nothing_where_nobody_comes_from_elsewhere() -> None:
    assert await find_identity(Settings()) == []

"""What a token must say, one mistake at a time: from whom, for whom, when, and in answer to what."""

import json
from typing import Any

import pytest

from tertulia.domain.errors import Unauthenticated
from tertulia.identity.base import Expected
from tertulia.identity.claims import believed

NOW = 1_000_000.0
ISSUER = "https://id.example"
GOOD = {"iss": ISSUER, "sub": "ada", "aud": "tertulia", "exp": NOW + 300, "iat": NOW, "nonce": "n-1"}
API = Expected(issuer=ISSUER, audiences=frozenset({"tertulia", "tertulia-api"}))
SIGN_IN = Expected(issuer=ISSUER, audiences=frozenset({"tertulia"}), client_id="tertulia", nonce="n-1")


def judged(expected: Expected, **change: Any) -> Any:
    """What is believed of the good claims with a change; `…` leaves one out."""
    claims = {name: value for name, value in {**GOOD, **change}.items() if value is not ...}
    return believed(json.dumps(claims).encode(), expected, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"aud": ["other", "tertulia-api"]},
        {"exp": NOW - 59},
        {"exp": int(NOW) + 1},
        {"nbf": NOW + 59},
        {"iat": ...},
        {"azp": "another client"},
        {"nonce": ...},
    ],
)
def test_an_access_token_for_us_is_believed(change: dict[str, Any]) -> None:
    assert judged(API, **change)["sub"] == "ada"


@pytest.mark.parametrize("change", [{}, {"azp": "tertulia"}, {"aud": ["tertulia", "other"], "azp": "tertulia"}])
def test_an_id_token_for_this_sign_in_is_believed(change: dict[str, Any]) -> None:
    assert judged(SIGN_IN, **change)["sub"] == "ada"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"iss": ISSUER + "/"}, "this server believes"),
        ({"iss": "https://elsewhere.example"}, "this server believes"),
        ({"aud": "other"}, "not for this server"),
        ({"aud": []}, "not for this server"),
        ({"aud": "tertulia "}, "not for this server"),
        ({"exp": NOW - 60}, "has expired"),
        ({"nbf": NOW + 61}, "not come yet"),
        ({"iat": NOW + 61}, "not come yet"),
        ({"sub": ""}, "no characters"),
        ({"sub": "x" * 256}, "more than 255"),
        *(({name: ...}, f"missing required field `{name}`") for name in ("iss", "sub", "aud", "exp")),
        ({"exp": "9999999999"}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": True}, "exp"),
        ({"nbf": "0"}, "nbf"),
        ({"aud": {"tertulia": 1}}, "aud"),
        ({"aud": ["tertulia", 1]}, "aud"),
        ({"sub": 7}, "sub"),
        ({"iss": [ISSUER]}, "iss"),
    ],
)
def test_no_token_is_believed_with(change: dict[str, Any], says: str) -> None:
    for expected in (API, SIGN_IN):
        with pytest.raises(Unauthenticated, match=says):
            judged(expected, **change)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"nonce": "n-2"}, "answers another sign-in"),
        ({"nonce": ...}, "answers another sign-in"),
        ({"nonce": ""}, "answers another sign-in"),
        ({"azp": "other"}, "another client"),
        ({"aud": ["tertulia", "other"]}, "another client"),
        ({"iat": ...}, "when it was issued"),
    ],
)
def test_no_id_token_is_believed_with(change: dict[str, Any], says: str) -> None:
    with pytest.raises(Unauthenticated, match=says):
        judged(SIGN_IN, **change)


def test_a_sign_in_without_a_nonce_is_never_answered() -> None:
    with pytest.raises(Unauthenticated, match="another sign-in"):
        judged(Expected(issuer=ISSUER, audiences=SIGN_IN.audiences, client_id="tertulia"))


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"{", b"\xff", b'"x"'])
def test_what_is_no_claims_is_refused(payload: bytes) -> None:
    with pytest.raises(Unauthenticated, match="does not have what a token must have"):
        believed(payload, API, now=NOW)

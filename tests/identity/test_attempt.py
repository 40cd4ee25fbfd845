"""What a browser keeps while it is at the provider: it leads nowhere else, and says what belongs together."""

import base64
import hashlib

import pytest

from tertulia.identity.attempt import LASTS, Attempt, path_here, read_attempt, text_of

ATTEMPT = Attempt(secret="s" * 43, begun_at=1_000, return_to="/s/1?q=ä#t")


def test_what_the_browser_kept_is_the_try_that_it_was() -> None:
    assert read_attempt(ATTEMPT.as_cookie()) == ATTEMPT


def test_state_nonce_and_verifier_tell_nothing_of_each_other() -> None:
    said = {ATTEMPT.secret, ATTEMPT.state, ATTEMPT.nonce, ATTEMPT.verifier, ATTEMPT.challenge}
    assert len(said) == 5


def test_the_challenge_is_the_verifiers_hash() -> None:
    digest = hashlib.sha256(ATTEMPT.verifier.encode()).digest()
    assert base64.urlsafe_b64decode(ATTEMPT.challenge + "=") == digest


@pytest.mark.parametrize("change", [{"secret": "t" * 43}, {"begun_at": 1_001}, {"return_to": "/s/2"}])
def test_another_try_has_another_state(change: dict[str, object]) -> None:
    other = Attempt(**{"secret": ATTEMPT.secret, "begun_at": 1_000, "return_to": ATTEMPT.return_to, **change})
    assert not other.is_answered_by(ATTEMPT.state)


@pytest.mark.parametrize(("at", "is_over"), [(0, True), (950, False), (1_000, False), (1_000 + LASTS, True)])
def test_a_try_ends_after_ten_minutes(at: float, is_over: bool) -> None:
    assert ATTEMPT.is_over(at) is is_over


@pytest.mark.parametrize(
    "cookie", ["", ".", "..", "é.1.", f"{'s' * 43}.1.A", f"{'s' * 43}.x.", f"{'s' * 43}.{'9' * 13}."]
)
def test_what_we_never_gave_a_browser_is_nothing(cookie: str) -> None:
    assert read_attempt(cookie) is None


def test_a_cookie_that_somebody_wrote_himself_leads_nowhere_else() -> None:
    found = read_attempt(f"{'s' * 43}.1.{text_of(b'//elsewhere.example')}")
    assert found is not None
    assert found.return_to == "/"


@pytest.mark.parametrize("path", ["/", "/s/1", "/a?b=c&d#e", "/sitzung/ä"])
def test_a_path_of_this_server_is_gone_on_at(path: str) -> None:
    assert path_here(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "x",
        "//elsewhere.example",
        "///elsewhere.example",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "https://elsewhere.example",
        "javascript:alert(1)",
        "/\t/elsewhere.example",
        "/\n/elsewhere.example",
        "/x\r\nSet-Cookie: a=b",
        " //elsewhere.example",
        "/" + "x" * 2000,
    ],
)
def test_what_would_lead_elsewhere_leads_to_the_front_page(path: str | None) -> None:
    assert path_here(path) == "/"

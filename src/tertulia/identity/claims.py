"""Whether what a token says is meant for us, now: OpenID Connect Core 3.1.3.7, and RFC 7519 4.1 for the others.

Its signature has been found good before; here nothing is asked but the value and the time.
"""

from hmac import compare_digest

import msgspec

from tertulia.domain.base import Value
from tertulia.domain.errors import Unauthenticated
from tertulia.domain.identities import LONGEST_SUBJECT
from tertulia.identity.base import LEEWAY, Claims, Expected


class Registered(Value):
    """The claims that are looked at; of another type than these they are refused."""

    iss: str
    sub: str
    aud: str | list[str]
    exp: float
    iat: float | None = None
    nbf: float | None = None
    azp: str | None = None
    nonce: str | None = None

    @property
    def audiences(self) -> frozenset[str]:
        """Whom it is for."""
        return frozenset([self.aud] if isinstance(self.aud, str) else self.aud)


def believed(payload: bytes, expected: Expected, *, now: float) -> Claims:
    """Return what a token claims, once it is found to be meant for us, now. Raises Unauthenticated."""
    try:
        registered = msgspec.json.decode(payload, type=Registered)
        claims = msgspec.json.decode(payload, type=Claims)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unauthenticated(f"The token does not have what a token must have: {error}.") from None
    _check_source(registered, expected)
    _check_time(registered, now)
    if expected.client_id is not None:
        _check_sign_in(registered, expected.client_id, expected.nonce)
    return claims


def _check_source(said: Registered, expected: Expected) -> None:
    if said.iss != expected.issuer:
        raise Unauthenticated(f"The token is from {said.iss[:200]!r}; this server believes {expected.issuer!r}.")
    if not said.audiences & expected.audiences:
        raise Unauthenticated(
            f"The token is for {', '.join(sorted(said.audiences))[:200]!r} and not for this server. Ask its issuer for "
            f"one whose audience is {' or '.join(sorted(expected.audiences))}."
        )
    if not 0 < len(said.sub) <= LONGEST_SUBJECT:
        raise Unauthenticated(f"The token's `sub` has no characters, or more than {LONGEST_SUBJECT}.")


def _check_time(said: Registered, now: float) -> None:
    if now >= said.exp + LEEWAY:
        raise Unauthenticated("The token has expired. Get a new one from its issuer.")
    if any(begin is not None and begin > now + LEEWAY for begin in (said.nbf, said.iat)):
        raise Unauthenticated(
            "The token is of a time that has not come yet. Are the clocks of its issuer and of this server set right?"
        )


def _check_sign_in(said: Registered, client_id: str, nonce: str | None) -> None:
    if said.azp not in (None, client_id) or (said.azp is None and len(said.audiences) > 1):
        raise Unauthenticated("The ID token was given to another client than this server.")
    if said.iat is None:
        raise Unauthenticated("The ID token does not say when it was issued.")
    if nonce is None or said.nonce is None or not compare_digest(said.nonce.encode(), nonce.encode()):
        raise Unauthenticated("The ID token answers another sign-in than this one. Sign in once more.")

"""An issuer's public keys, and whether one of them has signed a token. What signs is PyJWT's to know."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import field

from tertulia.domain.base import Value
from tertulia.domain.errors import IdentityProviderFailed, Unauthenticated
from tertulia.identity.header import KINDS, Header

MOST_KEYS = 100
MOST_TRIED = 10
"""Keys that are tried on a token that names none."""


class Jwk(Value):
    """What tells which tokens a key may have signed; `raw` is all of it."""

    kty: str
    kid: str | None = None
    alg: str | None = None
    use: str | None = None
    key_ops: list[str] | None = None
    raw: dict[str, Any] = field(default_factory=dict[str, Any])

    def may_sign(self, header: Header) -> bool:
        """Tell whether a token with this header can be of this key."""
        return (
            self.kty == KINDS[header.alg]
            and self.alg in (None, header.alg)
            and self.use in (None, "sig")
            and (self.key_ops is None or "verify" in self.key_ops)
            and header.kid in (None, self.kid)
        )


class JwkSet(Value):
    """What an issuer publishes (RFC 7517 5)."""

    keys: list[Any]


class PublicKeys:
    """The keys of one issuer, as it published them."""

    def __init__(self, keys: Sequence[Jwk]) -> None:
        self._keys = keys

    @classmethod
    def read(cls, document: bytes) -> "PublicKeys":
        """Read a JWK set; keys that make no sense are passed over. Raises IdentityProviderFailed."""
        try:
            found = msgspec.json.decode(document, type=JwkSet)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise IdentityProviderFailed("The identity provider's keys are no JWK set.") from None
        return cls(list(_sensible(found.keys[:MOST_KEYS])))

    def __len__(self) -> int:
        return len(self._keys)

    def have(self, header: Header) -> bool:
        """Tell whether there is a key that can have signed a token with this header."""
        return any(key.may_sign(header) for key in self._keys)

    def payload_of(self, token: str, header: Header) -> bytes:
        """Return what a token says, once its signature is found to be of one of these keys. Raises Unauthenticated."""
        for key in [key for key in self._keys if key.may_sign(header)][:MOST_TRIED]:
            payload = _verified(token, key, header.alg)
            if payload is not None:
                return payload
        raise Unauthenticated(
            "The token is signed by no key of its issuer. Get a new one; if that is refused, too, it is from elsewhere."
        )


def _sensible(found: Sequence[Any]) -> Iterator[Jwk]:
    for each in found:
        try:
            key = msgspec.convert(each, Jwk)
        except msgspec.ValidationError:
            continue
        yield msgspec.structs.replace(key, raw=each)


def _verified(token: str, key: Jwk, algorithm: str) -> bytes | None:
    # It brings cryptography, and a server that nobody signs in to with tokens never needs it.
    import jwt  # noqa: PLC0415 - see above

    try:
        verifier = jwt.PyJWS(algorithms=[algorithm], options={"enforce_minimum_key_length": True})
        return verifier.decode(token, jwt.PyJWK(key.raw, algorithm), algorithms=[algorithm])
    except jwt.PyJWTError:
        return None

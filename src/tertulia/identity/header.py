"""The header of a token, read before anything of it is believed: it may choose a key, never how keys are used.

Only signatures by private keys count. `none` is no signature, and under `HS…` whoever can verify can sign: a public
key taken for a shared secret would let everybody sign.
"""

import binascii
from base64 import urlsafe_b64decode

import msgspec

from tertulia.domain.base import Value
from tertulia.domain.errors import Unauthenticated

KINDS = {
    "RS256": "RSA",
    "RS384": "RSA",
    "RS512": "RSA",
    "PS256": "RSA",
    "PS384": "RSA",
    "PS512": "RSA",
    "ES256": "EC",
    "ES384": "EC",
    "ES512": "EC",
    "EdDSA": "OKP",
}
"""The algorithms that are taken, and the kind of key of each."""
LONGEST_TOKEN = 16_384


class Header(Value):
    """How a token says that it is signed."""

    alg: str
    kid: str | None = None


def looks_like_token(text: str) -> bool:
    """Tell a token from an API key: three parts, of which the first is the JSON of a header."""
    return text.startswith("ey") and text.count(".") == 2


def read_header(token: str) -> Header:
    """Read how a token is signed. Raises Unauthenticated."""
    if len(token) > LONGEST_TOKEN:
        raise Unauthenticated(f"The token is longer than {LONGEST_TOKEN} characters.")
    first = token.partition(".")[0]
    try:
        header = msgspec.json.decode(urlsafe_b64decode(first + "=" * (-len(first) % 4)), type=Header)
    except (binascii.Error, msgspec.DecodeError, ValueError):
        raise Unauthenticated("This is no token that can be read.") from None
    if header.alg not in KINDS:
        raise Unauthenticated(
            f"The token is signed with {header.alg[:20]!r}; this server takes {', '.join(KINDS)}, signatures that only "
            "the issuer can make."
        )
    return header

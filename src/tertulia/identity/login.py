"""Sign-in by OpenID Connect: the authorization code flow with PKCE, for one client at one issuer.

A browser departs with a state and comes back with a code; the code is changed for an ID token behind its back.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from tertulia.domain.base import Value
from tertulia.domain.errors import IdentityProviderFailed, SignInFailed, Unauthenticated
from tertulia.domain.identities import Identity
from tertulia.identity.attempt import Attempt, path_here, read_attempt
from tertulia.identity.base import Claims, Expected, Now
from tertulia.identity.exchange import Exchange, Tokens
from tertulia.identity.provider import Metadata, Provider
from tertulia.identity.roles import NAMES, RoleRules, has_claim, name_of, role_by_claim

AGAIN = "Sign in once more."
REFUSALS = {
    "access_denied": "You were not let in there, or broke off.",
    "temporarily_unavailable": "The identity provider has too much to do just now.",
}


class LoginTerms(Value):
    """The client that this server is, and what its people are worth here."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    role_claim: str | None
    rules: RoleRules


class Departure(Value):
    """Where a browser goes, and what it keeps until it is back."""

    url: str
    cookie: str


class Return(Value):
    """What a browser comes back with: RFC 6749 4.1.2, RFC 9207."""

    cookie: str | None
    state: str | None = None
    code: str | None = None
    iss: str | None = None
    error: str | None = None
    error_description: str | None = None


class Arrival(Value):
    """Who has come, and where they wanted to be."""

    identity: Identity
    return_to: str


class Login:
    """Signs people in."""

    def __init__(
        self, terms: LoginTerms, provider: Provider, exchange: Exchange, *, now: Now, new_secret: Callable[[], str]
    ) -> None:
        self._terms = terms
        self._provider = provider
        self._exchange = exchange
        self._now = now
        self._new_secret = new_secret

    async def depart(self, return_to: str | None) -> Departure:
        """Begin to sign somebody in, who goes on at a path of this server. Raises IdentityProviderFailed."""
        metadata = await self._provider.metadata()
        if metadata.authorization_endpoint is None:
            raise IdentityProviderFailed("The identity provider has no page to sign in at: its issuer is another one.")
        attempt = Attempt(secret=self._new_secret(), begun_at=int(self._now()), return_to=path_here(return_to))
        asked = {
            "response_type": "code",
            "client_id": self._terms.client_id,
            "redirect_uri": self._terms.redirect_uri,
            "scope": " ".join(self._terms.scopes),
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in metadata.authorization_endpoint else "?"
        return Departure(url=metadata.authorization_endpoint + joint + urlencode(asked), cookie=attempt.as_cookie())

    async def arrive(self, back: Return) -> Arrival:
        """Say who has come back. Raises SignInFailed, Forbidden, IdentityProviderFailed."""
        attempt = self._attempt_of(back)
        metadata = await self._provider.metadata()
        self._check_source(back, metadata)
        if back.error is not None or not back.code:
            raise SignInFailed(_refusal(back))
        tokens = await self._exchange.tokens_for(
            back.code, verifier=attempt.verifier, redirect_uri=self._terms.redirect_uri, metadata=metadata
        )
        claims = await self._claims_of(tokens, attempt)
        identity = Identity(
            issuer=self._provider.issuer,
            subject=claims["sub"],
            name=name_of(claims),
            role=role_by_claim(claims, self._terms.role_claim, self._terms.rules),
        )
        return Arrival(identity=identity, return_to=attempt.return_to)

    def _attempt_of(self, back: Return) -> Attempt:
        attempt = read_attempt(back.cookie or "")
        if attempt is None or back.state is None or not attempt.is_answered_by(back.state):
            raise SignInFailed(
                "This is the end of a sign-in that did not begin in this browser, or not last. Sign in once more, in "
                "one tab, and let this site keep cookies."
            )
        if attempt.is_over(self._now()):
            raise SignInFailed(f"This took too long. {AGAIN}")
        return attempt

    def _check_source(self, back: Return, metadata: Metadata) -> None:
        """An answer says which issuer it is of, if that is its way: else another's code could be slipped in."""
        is_missing = back.iss is None and metadata.authorization_response_iss_parameter_supported
        if is_missing or back.iss not in (None, self._provider.issuer):
            raise SignInFailed(f"Another identity provider has answered than the one that was asked. {AGAIN}")

    async def _claims_of(self, tokens: Tokens, attempt: Attempt) -> Claims:
        client_id = self._terms.client_id
        expected = Expected(
            issuer=self._provider.issuer,
            audiences=frozenset({client_id}),
            client_id=client_id,
            nonce=attempt.nonce,
        )
        try:
            claims = await self._provider.claims_of(tokens.id_token, expected)
        except Unauthenticated as error:
            raise SignInFailed(error.message) from None
        if self._knows_enough(claims) or tokens.access_token is None:
            return claims
        more = await self._provider.userinfo(tokens.access_token)
        if more and more.get("sub") != claims["sub"]:
            raise SignInFailed(f"The identity provider told of somebody else than who signed in. {AGAIN}")
        return {**more, **claims}

    def _knows_enough(self, claims: Claims) -> bool:
        has_name = any(claims.get(each) for each in NAMES[:-1])
        return has_name and (self._terms.role_claim is None or has_claim(claims, self._terms.role_claim))


def _refusal(back: Return) -> str:
    if back.error is None:
        return f"The identity provider sent no code. {AGAIN}"
    said = "".join(each for each in back.error_description or "" if each.isprintable())[:200]
    known = REFUSALS.get(back.error, f"The identity provider refused: {back.error[:50]}{': ' if said else ''}{said}.")
    return f"{known} {AGAIN}"

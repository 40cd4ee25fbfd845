"""Access tokens that programs bring: JWTs of one issuer, made for this server and for nobody else."""

from tertulia.domain.base import Value
from tertulia.domain.identities import Identity
from tertulia.identity.base import Expected
from tertulia.identity.provider import Provider
from tertulia.identity.roles import RoleRules, name_of, role_by_claim


class TokenTerms(Value):
    """Whose tokens are taken, and what they are worth."""

    issuer: str
    audiences: frozenset[str]
    role_claim: str | None
    rules: RoleRules


class AccessTokens:
    """Tells who brings a token."""

    def __init__(self, terms: TokenTerms, provider: Provider) -> None:
        self._terms = terms
        self._provider = provider

    async def identity_of(self, token: str) -> Identity:
        """Return who brings a token. Raises Unauthenticated, Forbidden, IdentityProviderFailed."""
        terms = self._terms
        claims = await self._provider.claims_of(token, Expected(issuer=terms.issuer, audiences=terms.audiences))
        return Identity(
            issuer=terms.issuer,
            subject=claims["sub"],
            name=name_of(claims),
            role=role_by_claim(claims, terms.role_claim, terms.rules),
            until=claims["exp"],
        )

"""Users whom others vouch for: found or made when they first come, with the role that their issuer gives them now.

Where an issuer says nothing of roles, who is new has the default one, and admins change it here.
"""

import structlog
from msgspec.structs import replace

from tertulia.domain.accounts import OidcOffer
from tertulia.domain.errors import LastAdmin, NotOffered, Unauthenticated
from tertulia.domain.identities import Identity
from tertulia.domain.users import Caller, User, Via
from tertulia.identity.header import looks_like_token
from tertulia.identity.login import Departure, Return
from tertulia.identity.proxy import Headers
from tertulia.runtime.accounts import Accounts, SignedIn
from tertulia.runtime.callers import caller_of
from tertulia.runtime.clock import time_at
from tertulia.runtime.tokens import hash_of
from tertulia.runtime.ways_in import START, WaysIn

log = structlog.get_logger()


class Vouched:
    """Lets people and programs in by the ways that are open."""

    def __init__(self, ways: WaysIn, accounts: Accounts) -> None:
        self.ways = ways
        self._accounts = accounts

    @property
    def offer(self) -> OidcOffer | None:
        """Where else one can sign in."""
        return None if self.ways.login is None else OidcOffer(name=self.ways.login_name, url=START)

    async def depart(self, return_to: str | None) -> Departure:
        """Send somebody to sign in. Raises NotOffered, IdentityProviderFailed."""
        if self.ways.login is None:
            raise NotOffered("Nobody signs in elsewhere to come here; TERTULIA_OIDC_ISSUER would change that.")
        return await self.ways.login.depart(return_to)

    async def arrive(self, back: Return) -> tuple[SignedIn, str]:
        """Sign somebody in who is back, and say where they go on.

        Raises NotOffered, SignInFailed, Unauthenticated, Forbidden, IdentityProviderFailed.
        """
        if self.ways.login is None:
            raise NotOffered("Nobody signs in elsewhere to come here; TERTULIA_OIDC_ISSUER would change that.")
        arrival = await self.ways.login.arrive(back)
        return await self._accounts.sign_in_as(await self._user_of(arrival.identity)), arrival.return_to

    async def caller_by_token(self, token: str) -> Caller | None:
        """Who brings an access token, if that is what it is and such are taken.

        Raises Unauthenticated, Forbidden, IdentityProviderFailed.
        """
        if self.ways.tokens is None or not looks_like_token(token):
            return None
        return await self._caller_of(await self.ways.tokens.identity_of(token), "jwt")

    async def caller_by_proxy(self, peer: str, headers: Headers) -> Caller | None:
        """Whom the proxy names, if one is asked. Raises Unauthenticated, Forbidden."""
        if self.ways.proxy is None:
            return None
        return await self._caller_of(self.ways.proxy.identity_of(peer, headers), "proxy")

    async def _caller_of(self, identity: Identity, via: Via) -> Caller | None:
        hashed = hash_of("\n".join((via, identity.issuer, identity.subject, identity.role or "")))

        async def find() -> Caller:
            return caller_of(await self._user_of(identity), via)

        caller = await self._accounts.callers.found(hashed, find)
        if caller is None or identity.until is None:
            return caller
        return replace(caller, expires_at=time_at(identity.until))  # what they make by this token lasts no longer

    async def _user_of(self, identity: Identity) -> User:
        """Find or make the user. Raises Unauthenticated for one who is disabled."""
        role = identity.role or self.ways.default_role
        user = await self._accounts.known_as(identity.issuer, identity.subject, name=identity.name, role=role)
        if user.disabled:
            raise Unauthenticated("You may not come in any more. Ask an admin of this server.")
        if identity.role in (None, user.role):
            return user
        try:
            return await self._accounts.update_user(user.user_id, role=identity.role)
        except LastAdmin:  # they could not be made one again by anybody
            log.warning("identity.last_admin", user_id=user.user_id, role=identity.role)
            return user

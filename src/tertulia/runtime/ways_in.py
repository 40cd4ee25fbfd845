"""How people and programs come in whom others vouch for, as the settings say it; what does not fit together is refused.

Nothing is asked here: a provider is found when the first one comes by it.
"""

from ipaddress import ip_network

import msgspec

from tertulia.domain.users import Role
from tertulia.identity.base import Now
from tertulia.identity.documents import Documents, OpenSession
from tertulia.identity.exchange import Exchange
from tertulia.identity.login import Login, LoginTerms
from tertulia.identity.provider import Provider
from tertulia.identity.proxy import TrustedProxy
from tertulia.identity.roles import RoleRules
from tertulia.identity.tokens import AccessTokens, TokenTerms
from tertulia.runtime.clock import NewSecret
from tertulia.runtime.ways_in_check import check_ways
from tertulia.settings.values import Settings

START = "/v1/sign-in/oidc"
CALLBACK = f"{START}/callback"


class WaysIn:
    """The ways that are open; None is one that is not. `providers` are those that will be asked, by their issuer."""

    def __init__(self, settings: Settings, open_session: OpenSession, *, now: Now, new_secret: NewSecret) -> None:
        """Raises StartupError."""
        check_ways(settings)
        self._settings = settings
        self._documents = Documents(open_session)
        self._now = now
        self._new_secret = new_secret
        self._rules = _rules(settings)
        self.providers: dict[str, Provider] = {}
        self.login = self._login() if settings.oidc_issuer else None
        self.tokens = self._tokens() if settings.jwt_audiences else None
        self.proxy = self._proxy() if settings.auth_mode == "proxy" else None
        self.login_name = settings.oidc_name

    @property
    def default_role(self) -> Role:
        """The role of who is new and has none of an issuer's."""
        return self._rules.default or "reader"

    def _provider(self, issuer: str, jwks_url: str | None = None) -> Provider:
        provider = self.providers.get(issuer)
        if provider is None or jwks_url is not None:
            provider = Provider(issuer, self._documents, self._now, jwks_url=jwks_url)
            self.providers[issuer] = provider
        return provider

    def _login(self) -> Login:
        settings = self._settings
        client_id, secret = settings.oidc_client_id or "", settings.oidc_client_secret
        terms = LoginTerms(
            client_id=client_id,
            redirect_uri=redirect_uri(settings),
            scopes=tuple(dict.fromkeys(["openid", *settings.oidc_scopes])),
            role_claim=settings.oidc_role_claim,
            rules=self._rules,
        )
        exchange = Exchange(self._documents, client_id=client_id, secret=secret.reveal() if secret else None)
        return Login(
            terms,
            self._provider(settings.oidc_issuer or ""),
            exchange,
            now=self._now,
            new_secret=self._new_secret,
        )

    def _tokens(self) -> AccessTokens:
        settings = self._settings
        issuer = settings.jwt_issuer or settings.oidc_issuer or ""
        terms = TokenTerms(
            issuer=issuer,
            audiences=frozenset(settings.jwt_audiences),
            role_claim=settings.jwt_role_claim or settings.oidc_role_claim,
            rules=self._rules,
        )
        return AccessTokens(terms, self._provider(issuer, settings.jwt_jwks_url))

    def _proxy(self) -> TrustedProxy:
        settings = self._settings
        return TrustedProxy(
            networks=tuple(ip_network(text, strict=False) for text in settings.proxy_networks),
            rules=self._rules,
            user_header=settings.proxy_user_header,
            name_header=settings.proxy_name_header,
            role_header=settings.proxy_role_header,
        )


def redirect_uri(settings: Settings) -> str:
    """Return where a provider sends people back to: it is registered there, exactly so."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return (settings.public_url or f"http://{host}:{settings.port}") + CALLBACK


def _rules(settings: Settings) -> RoleRules:
    pairs = (each.rpartition("=") for each in settings.identity_roles)
    roles = msgspec.convert({value: role for value, _, role in pairs}, dict[str, Role])
    default = settings.identity_default_role
    return RoleRules(roles=roles, default=None if default == "none" else default)

"""What does not fit together in the settings by which people come in: each is a sentence that says what to set.

What is refused would else be open without a word, or closed to everybody.
"""

from collections.abc import Iterator
from ipaddress import ip_network
from urllib.parse import urlsplit

from tertulia.domain.errors import StartupError
from tertulia.settings.loopback import is_loopback
from tertulia.settings.values import Settings


def check_ways(settings: Settings) -> None:
    """Refuse what does not fit together. Raises StartupError."""
    for look in (_modes, _addresses, _provider, _tokens, _networks, _roles):
        for complaint in look(settings):
            raise StartupError(complaint)


def _modes(settings: Settings) -> Iterator[str]:
    mode = settings.auth_mode
    if mode != "accounts" and (settings.oidc_issuer or settings.oidc_client_id):
        yield (
            f"TERTULIA_OIDC_ISSUER is set, but TERTULIA_AUTH is {mode}, by which nobody signs in here: set "
            "TERTULIA_AUTH=accounts, or leave the OIDC settings out."
        )
    if mode == "none" and settings.jwt_audiences:
        yield (
            "TERTULIA_JWT_AUDIENCES is set, but this server asks nobody who they are: set TERTULIA_AUTH=accounts, or "
            "leave it out."
        )
    if mode != "proxy" and settings.proxy_networks:
        yield (
            f"TERTULIA_PROXY_NETWORKS is set, but TERTULIA_AUTH is {mode}, by which no proxy is asked who comes: set "
            "TERTULIA_AUTH=proxy, or leave it out."
        )


def _addresses(settings: Settings) -> Iterator[str]:
    urls = {
        "TERTULIA_OIDC_ISSUER": settings.oidc_issuer,
        "TERTULIA_JWT_ISSUER": settings.jwt_issuer,
        "TERTULIA_JWT_JWKS_URL": settings.jwt_jwks_url,
    }
    for name, url in urls.items():
        if url is not None and not _is_safe(url):
            yield (
                f"{name} begins with http://, and what comes by that could be anybody's: it must be https://, unless "
                "it is on this machine."
            )


def _provider(settings: Settings) -> Iterator[str]:
    if (settings.oidc_issuer is None) != (settings.oidc_client_id is None):
        yield "TERTULIA_OIDC_ISSUER and TERTULIA_OIDC_CLIENT_ID go together: one of them is missing."
    has_address = settings.public_url or (is_loopback(settings.host) and settings.port)
    if settings.oidc_issuer and not has_address:
        yield (
            "TERTULIA_OIDC_ISSUER wants TERTULIA_PUBLIC_URL, the address at which people find this server, such as "
            "https://chat.example: the provider sends them back there."
        )


def _tokens(settings: Settings) -> Iterator[str]:
    if (settings.jwt_issuer or settings.jwt_jwks_url) and not settings.jwt_audiences:
        yield (
            "TERTULIA_JWT_ISSUER wants TERTULIA_JWT_AUDIENCES, what this server is called in the tokens: else tokens "
            "would count that were made for other servers."
        )
    if settings.jwt_audiences and not (settings.jwt_issuer or settings.oidc_issuer):
        yield "TERTULIA_JWT_AUDIENCES wants TERTULIA_JWT_ISSUER, whose tokens are taken."


def _networks(settings: Settings) -> Iterator[str]:
    if settings.auth_mode == "proxy" and not settings.proxy_networks:
        yield (
            "TERTULIA_AUTH=proxy wants TERTULIA_PROXY_NETWORKS, from where the proxy asks, such as 127.0.0.1/32: "
            "whoever asks from there is believed about who comes."
        )
    try:
        for text in settings.proxy_networks:
            ip_network(text, strict=False)
    except ValueError as error:
        yield f"TERTULIA_PROXY_NETWORKS has what is no network: {error}."


def _roles(settings: Settings) -> Iterator[str]:
    """Values and what they are worth go together, for each way that is open."""
    wants_values = settings.identity_roles or settings.identity_default_role == "none"
    for name, source in _sources(settings):
        if wants_values and source is None:
            yield (
                f"TERTULIA_IDENTITY_ROLES, or TERTULIA_IDENTITY_DEFAULT_ROLE=none, wants {name}: nothing else says "
                "which of the values people have."
            )
        if source is not None and not settings.identity_roles:
            yield (
                f"{name} wants TERTULIA_IDENTITY_ROLES, which says what its values are worth, such as "
                "chat-admins=admin."
            )


def _sources(settings: Settings) -> Iterator[tuple[str, str | None]]:
    if settings.oidc_issuer:
        yield "TERTULIA_OIDC_ROLE_CLAIM", settings.oidc_role_claim
    if settings.jwt_audiences:
        yield "TERTULIA_JWT_ROLE_CLAIM", settings.jwt_role_claim or settings.oidc_role_claim
    if settings.auth_mode == "proxy":
        yield "TERTULIA_PROXY_ROLE_HEADER", settings.proxy_role_header


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")

"""What `tertulia doctor` finds of those who vouch for people: whether the settings fit, and a provider answers."""

from tertulia.cli.findings import Finding
from tertulia.domain.errors import IdentityProviderFailed, StartupError
from tertulia.identity.provider import Provider
from tertulia.models.http import open_session
from tertulia.runtime.clock import SystemClock, new_secret, seconds_of
from tertulia.runtime.ways_in import WaysIn, redirect_uri
from tertulia.settings.values import Settings

MATTER = "sign-in"


async def find_identity(settings: Settings) -> list[Finding]:
    """Look at the ways in; a provider that is silent is a note: the server starts without it."""
    clock = SystemClock()
    async with open_session() as session:
        try:
            ways = WaysIn(settings, lambda: session, now=lambda: seconds_of(clock()), new_secret=new_secret)
        except StartupError as error:
            return [Finding(matter=MATTER, level="problem", text=error.message)]
        return [*[await _provider(each) for each in ways.providers.values()], *_told(settings)]


async def _provider(provider: Provider) -> Finding:
    try:
        count = await provider.count_keys()
    except IdentityProviderFailed as failure:
        return Finding(matter=MATTER, level="note", text=f"{provider.issuer}: {failure.message}")
    return Finding(matter=MATTER, level="ok" if count else "note", text=f"{provider.issuer} answers, with {count} keys")


def _told(settings: Settings) -> list[Finding]:
    found: list[Finding] = []
    if settings.oidc_issuer:
        text = f"The provider must know {redirect_uri(settings)} as the redirect URI of {settings.oidc_client_id}."
        found.append(Finding(matter=MATTER, level="ok", text=text))
    if settings.oidc_issuer and redirect_uri(settings).startswith("http://") and settings.public_url:
        text = "TERTULIA_PUBLIC_URL begins with http://: whoever listens on the way can sign in as others."
        found.append(Finding(matter=MATTER, level="note", text=text))
    if settings.auth_mode == "proxy":
        networks = ", ".join(settings.proxy_networks)
        text = f"Whoever asks from {networks} is believed about who comes, by the header {settings.proxy_user_header}."
        found.append(Finding(matter=MATTER, level="ok", text=text))
    return found

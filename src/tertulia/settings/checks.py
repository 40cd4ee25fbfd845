"""What is wrong with what was set, although each value by itself is one that is taken."""

from collections.abc import Mapping

from tertulia.domain.errors import StartupError
from tertulia.settings.described import PREFIX
from tertulia.settings.loopback import is_loopback
from tertulia.settings.values import Settings, describe

ELSEWHERE = frozenset(
    {
        "TERTULIA_URL",
        "TERTULIA_API_KEY",
        "TERTULIA_SKIP_WEB",
        "TERTULIA_TEST_DATABASE_URL",
        "TERTULIA_CHROMIUM",
        "TERTULIA_DEV_SERVER",
        "TERTULIA_FAULTS",
        "TERTULIA_FAULTS_SEED",
    }
)
"""Variables of ours that other programs than the server read."""


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the variables that begin like ours and that nothing reads: spelling mistakes, most likely."""
    known = {one.variable for one in describe()} | ELSEWHERE
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def check_bind(settings: Settings) -> None:
    """Refuse, by a StartupError, an address that other machines can reach if nobody has to sign in there."""
    if settings.auth_mode == "none" and not is_loopback(settings.host):
        raise StartupError(
            f'The address "{settings.host}" can be reached from other machines, and TERTULIA_AUTH is "none", by which '
            "nobody has to sign in. Leave TERTULIA_AUTH out, and the server has accounts there; or listen at 127.0.0.1."
        )

"""Who asks. A loopback server has one local owner; accounts will give others their names here."""

from tertulia.domain.base import Value

LOCAL_OWNER = "local"


class Caller(Value):
    """Who a request comes from: `owner` is what every store method takes."""

    owner: str


async def local_caller() -> Caller:
    """Everyone who can reach a loopback address is its owner; a server that others could reach does not start."""
    return Caller(owner=LOCAL_OWNER)

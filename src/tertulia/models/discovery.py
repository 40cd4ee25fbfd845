"""Model servers on this machine that nobody told us of.

Only loopback is asked, only at the usual ports, and only for a list of models; it never looks anywhere else. Ports such
as 8080 and 8000 are everybody's, so a server counts only if what it answers is a list of models.
"""

import asyncio
from collections.abc import Mapping

from aiohttp import ClientError, ClientSession, ClientTimeout

from tertulia.models.http import BodyTooLarge, open_session, read_whole
from tertulia.models.openai_models import Item, items_in
from tertulia.models.server_spec import LOCAL_SERVERS, ServerSpec

PROBE_TIMEOUT_S = 0.3
MAX_PROBE_BYTES = 1024 * 1024

OWNERS = {"llamacpp": "llamacpp", "vllm": "vllm", "library": "ollama", "organization_owner": "lmstudio"}
"""What servers write as `owned_by` of their models, and who does so."""
OWN_PORTS = frozenset({"ollama", "lmstudio"})
"""Whose ports nobody else uses: there, an empty list of models is one, too."""


async def discover(*, ports: Mapping[int, str] = LOCAL_SERVERS, timeout_s: float = PROBE_TIMEOUT_S) -> list[ServerSpec]:
    """Return the model servers that answer now, in the order of `ports`, which says who is expected where."""
    async with open_session() as session:
        found = await asyncio.gather(*(_probe(session, port, expected, timeout_s) for port, expected in ports.items()))
    return [spec for spec in found if spec is not None]


async def _probe(session: ClientSession, port: int, expected: str, timeout_s: float) -> ServerSpec | None:
    url = f"http://127.0.0.1:{port}/v1"
    try:
        timeout = ClientTimeout(total=timeout_s)
        async with session.get(f"{url}/models", allow_redirects=False, timeout=timeout) as response:
            body = await read_whole(response.content, MAX_PROBE_BYTES) if response.status == 200 else b""
    except (ClientError, OSError, BodyTooLarge):
        return None
    items = items_in(body)
    if items is None or not _is_list_of_models(items, may_be_empty=expected in OWN_PORTS):
        return None
    return ServerSpec(name=_name(items, expected, port), url=url)


def _is_list_of_models(items: list[Item], *, may_be_empty: bool) -> bool:
    if not items:
        return may_be_empty
    return all(isinstance(item.get("id"), str) and item.get("object") == "model" for item in items)


def _name(items: list[Item], expected: str, port: int) -> str:
    """Name it after whom it says it is; at a port of everybody's, a stranger is named after its address."""
    if not items or expected in OWN_PORTS:
        return expected
    return OWNERS.get(str(items[0].get("owned_by"))) or f"127.0.0.1-{port}"

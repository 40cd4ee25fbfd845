"""Where images may be that models are shown by their address: the model server asks for them, from inside (S6).

Where people sign in, an address is looked at before it is handed on, as one that this server would go to itself: only
public ones, and the networks of `TERTULIA_WEB_NETWORKS`. It is the model server that asks for it then, by a name that
may lead elsewhere by that time: a model server that stands where it can do harm must be kept from it by its network.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from msgspec.structs import replace

from tertulia.domain.errors import FieldError, InvalidRequest
from tertulia.domain.messages import ContentItem, ImageItem, Message, TextItem, UserMessage
from tertulia.tools.web.guard import WebGuard, WebRefused

REMEMBERED = 1_000
HOLDS = 60.0
"""How many places are remembered, and for how many seconds: a talk is sent with its images at each of its steps."""
NOT_SHOWN = "[An image that is not shown: its address is not on the public internet, or has no host that is found.]"


class ImagePlaces:
    """Tells whether a model server may be sent to an address. Without a guard it may be sent anywhere."""

    def __init__(self, guard: WebGuard | None, *, now: Callable[[], float] = time.monotonic) -> None:
        self._guard = guard
        self._now = now
        self._known: OrderedDict[tuple[str, int], tuple[float, bool]] = OrderedDict()

    async def shown(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Return messages with words in the place of images to which nobody is sent."""
        if self._guard is None:
            return messages
        shown = list(messages)
        for place, message in enumerate(messages):
            if isinstance(message, UserMessage) and isinstance(message.content, list):
                shown[place] = await self._shown(message, message.content)
        return shown

    async def _shown(self, message: UserMessage, content: list[ContentItem]) -> UserMessage:
        items: list[ContentItem] = [
            item if await self._may_be_asked(item) else TextItem(text=NOT_SHOWN) for item in content
        ]
        return message if items == content else replace(message, content=items)

    async def _may_be_asked(self, item: ContentItem) -> bool:
        url = item.image.url if isinstance(item, ImageItem) else None
        return url is None or await self.allows(url.uri)

    async def refuse(self, messages: object) -> None:
        """Raise InvalidRequest if messages in OpenAI's format have an address to which nobody is sent."""
        if self._guard is None:
            return
        for pointer, url in _urls(messages):
            if not await self.allows(url):
                detail = "this address is not on the public internet, or has no host that is found"
                raise InvalidRequest(f"{pointer}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)])

    async def allows(self, url: str) -> bool:
        """Tell whether somebody may be sent to a URL."""
        if self._guard is None or url[:5].lower() == "data:":
            return True
        try:
            parsed = self._guard.check(url)
        except WebRefused:
            return False
        return await self._allows_host(self._guard, (parsed.raw_host or "", parsed.port or 0))

    async def _allows_host(self, guard: WebGuard, place: tuple[str, int]) -> bool:
        until, verdict = self._known.get(place, (float("-inf"), False))
        if self._now() < until:
            return verdict
        try:
            await guard.addresses(*place)
            verdict = True
        except OSError:
            verdict = False
        self._known[place] = self._now() + HOLDS, verdict
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return verdict


def _urls(messages: object) -> Iterator[tuple[str, str]]:
    """Yield what parts of messages name by a URL: images, and what else some servers ask for (`video_url`, …)."""
    for place, message in _numbered(messages):
        content = cast("dict[str, Any]", message).get("content") if isinstance(message, dict) else None
        for number, part in _numbered(content):
            for name, value in cast("dict[str, Any]", part).items() if isinstance(part, dict) else ():
                said: object = cast("dict[str, Any]", value).get("url") if isinstance(value, dict) else value
                if name.endswith("_url") and isinstance(said, str):
                    yield f"/messages/{place}/content/{number}/{name}", said


def _numbered(items: object) -> Iterator[tuple[int, object]]:
    return enumerate(cast("list[object]", items)) if isinstance(items, list) else enumerate(())

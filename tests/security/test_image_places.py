"""S6: an image that somebody names by its address does not send the model server inside."""

from collections.abc import Sequence

import pytest

from tertulia.domain.errors import InvalidRequest
from tertulia.domain.messages import ImageItem, ImageSource, ImageUrl, Message, TextItem, UserMessage
from tertulia.runtime.image_places import HOLDS, NOT_SHOWN, ImagePlaces
from tertulia.tools.web.guard import WebGuard, WebRules
from tests.security.people import People, bearer, with_admin
from tests.server.conftest import OpenSite
from tests.server.site import MODEL

PUBLIC = "https://images.example/cat.png"
INSIDE = [
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:8080/cat.png",
    "http://[::ffff:10.0.0.7]/cat.png",
    "http://0x7f.1/cat.png",
    "http://inside.example/cat.png",
    "http://mixed.example/cat.png",
    "http://nowhere.example/cat.png",
    "file:///etc/passwd",
    "http://",
]
NAMES = {
    "images.example": ["93.184.215.14"],
    "inside.example": ["10.0.0.7"],
    "mixed.example": ["93.184.215.14", "10.0.0.7"],
}


class Place:
    """Where images may be, by names of ours; `asked` are the names that were looked up."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.now = 0.0
        self.images = ImagePlaces(WebGuard(WebRules(ports=None), self._resolve), now=lambda: self.now)

    async def _resolve(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        if host not in NAMES:
            raise OSError(f"{host} is not known")
        return NAMES[host]


@pytest.fixture
def place() -> Place:
    return Place()


def image(url: str) -> ImageItem:
    return ImageItem(image=ImageSource(url=ImageUrl(uri=url)))


@pytest.mark.parametrize("url", INSIDE)
async def test_an_image_inside_is_not_handed_on(place: Place, url: str) -> None:
    words = TextItem(text="What is this?")
    message = UserMessage(content=[words, image(url), image(PUBLIC)])
    [shown] = await place.images.shown([message])
    assert shown == UserMessage(content=[words, TextItem(text=NOT_SHOWN), image(PUBLIC)])


@pytest.mark.parametrize("url", [PUBLIC, "https://93.184.215.14:9443/cat.png", "data:image/png;base64,iVBORw0KGgo="])
async def test_one_outside_is_shown_as_it_is(place: Place, url: str) -> None:
    talk: list[Message] = [UserMessage(content=[image(url)]), UserMessage(content="And this?")]
    assert await place.images.shown(talk) == talk


async def test_a_name_is_looked_up_once_in_a_while(place: Place) -> None:
    for _ in range(3):
        assert await place.images.allows(PUBLIC)
    assert place.asked == ["images.example"]
    place.now += HOLDS
    assert await place.images.allows(PUBLIC)
    assert place.asked == ["images.example"] * 2


@pytest.mark.parametrize("name", ["image_url", "video_url"])
@pytest.mark.parametrize("url", INSIDE)
async def test_what_passes_through_is_refused_and_named(place: Place, name: str, url: str) -> None:
    for said in (url, {"url": url}):
        messages = [{"role": "user", "content": [{"type": "text", "text": "Hm"}, {"type": name, name: said}]}]
        with pytest.raises(InvalidRequest) as refused:
            await place.images.refuse(messages)
        assert refused.value.errors[0].pointer == f"/messages/0/content/1/{name}"


async def test_messages_of_any_other_form_pass(place: Place) -> None:
    for messages in (None, "Hi", [], ["Hi"], [{"content": ["Hi"]}], [{"content": [{"image_url": {"url": 1}}]}]):
        await place.images.refuse(messages)
    await place.images.refuse([{"content": [{"type": "image_url", "image_url": {"url": PUBLIC}}]}])


async def test_where_nobody_signs_in_the_owner_shows_what_they_like() -> None:
    anywhere = ImagePlaces(None)
    talk: list[Message] = [UserMessage(content=[image(INSIDE[0])])]
    assert await anywhere.shown(talk) == talk
    await anywhere.refuse([{"content": [{"type": "image_url", "image_url": {"url": INSIDE[0]}}]}])


@pytest.mark.parametrize("auth", ["accounts", "none"])
async def test_a_turn_hands_it_on_only_where_nobody_signs_in(open_: OpenSite, auth: str) -> None:
    site = await open_(auth=auth)
    people: People = await with_admin(site)
    ana = bearer(await people.key(await people.add("ana")))
    config = {"agent_config": {"model": MODEL}}
    agent = (await people.ask(ana, "POST", "/v1/agents", config)).headers["location"]
    session = (await people.ask(ana, "POST", f"{agent}/session", {})).headers["location"]
    content = [{"type": "image", "image": {"url": {"uri": INSIDE[0]}}}]
    turn = await people.ask(ana, "POST", f"{session}/turn", {"messages": [{"role": "user", "content": content}]})
    assert turn.json()["status"] == "completed"
    given = site.script.requests[-1].messages[-1]
    assert given == UserMessage(content=[image(INSIDE[0]) if auth == "none" else TextItem(text=NOT_SHOWN)])

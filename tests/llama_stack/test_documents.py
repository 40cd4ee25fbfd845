"""Documents, images and files beside the words of a message."""

import base64
from typing import Any

import pytest

from tertulia.models.openai_request import message_fields
from tests.extract.samples import image
from tests.llama_stack.stack import OpenStack, Stack, says

PIXEL = base64.b64encode(image()).decode()
HELLO = base64.b64encode(b"Hello").decode()


def sent(stack: Stack, place: int) -> Any:
    """The content of a message, as the model server was sent it last."""
    request = stack.site.script.requests[-1]
    return message_fields(request.messages[place], request.renderings)["content"]


async def given(stack: Stack, **more: Any) -> tuple[dict[str, Any], Any]:
    """Start a turn; return it, and what the model server is sent of the user's message."""
    session = await stack.new_session()
    answer = await stack.post(f"{session}/turn", says("See this", **more))
    assert answer.status_code == 200, answer.text
    return answer.json(), sent(stack, -1)


async def test_a_document_is_kept_beside_the_message_and_given_to_the_model_between_fences(stack: Stack) -> None:
    turn, content = await given(stack, documents=[{"content": "One.\nTwo.", "mime_type": "text/plain"}])
    assert turn["input_messages"] == [{"role": "user", "content": "See this", "context": None}]
    assert turn["documents"] == [{"content": "One.\nTwo.", "mime_type": "text/plain", "name": "document-1.txt"}]
    assert content == ("See this\n\nAttached file: document-1.txt (text/plain, 9 bytes)\n```\nOne.\nTwo.\n```")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"content": {"type": "text", "text": "Hello"}, "mime_type": "text/markdown"}, "Hello"),
        ({"content": [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}]}, "Hel\nlo"),
        ({"content": '{"a": 1}', "mime_type": "application/json"}, '{"a": 1}'),
        ({"content": {"uri": f"data:text/plain;base64,{HELLO}"}, "mime_type": "text/plain"}, "Hello"),
        ({"content": {"uri": "data:text/plain,Hello%20you"}, "mime_type": "text/plain"}, "Hello you"),
        ({"content": f"data:text/csv;base64,{HELLO}", "mime_type": "text/plain"}, "Hello"),
    ],
)
async def test_a_document_may_come_in_many_forms(open_: OpenStack, document: dict[str, Any], words: str) -> None:
    turn, content = await given(await open_(), documents=[document])
    assert turn["documents"][0]["content"] == words
    assert f"```\n{words}\n```" in content


@pytest.mark.parametrize(
    "content",
    [PIXEL, {"uri": f"data:image/png;base64,{PIXEL}"}, {"type": "image", "image": {"data": PIXEL}}],
)
async def test_an_image_among_the_documents_is_shown_to_the_model(open_: OpenStack, content: Any) -> None:
    turn, parts = await given(await open_(), documents=[{"content": content, "mime_type": "image/png"}])
    assert parts[0] == {"type": "text", "text": "See this"}
    assert parts[1]["text"].startswith("Attached image: document-1.png (image/png")
    assert parts[2]["image_url"]["url"].startswith("data:image/png;base64,")
    assert turn["documents"][0]["content"] == PIXEL


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"content": {"uri": "http://127.0.0.1/secret"}, "mime_type": "text/plain"}, "send the content itself"),
        ({"content": {"uri": "file:///etc/passwd"}, "mime_type": "text/plain"}, "send the content itself"),
        ({"content": "no base64", "mime_type": "application/pdf"}, "base64"),
        ({"content": {"type": "sound"}, "mime_type": "text/plain"}, "sound"),
    ],
)
async def test_a_document_that_cannot_be_taken_is_refused_by_its_place(
    open_: OpenStack, document: dict[str, Any], sentence: str
) -> None:
    stack = await open_()
    session = await stack.new_session()
    fine = {"content": "x", "mime_type": "text/plain"}
    refused = await stack.post(f"{session}/turn", says("See", documents=[fine, document]))
    assert refused.status_code == 400
    assert refused.json()["error"]["detail"]["errors"][0]["loc"] == ["body", "documents", 1, "content"]
    assert sentence in refused.json()["detail"]


async def test_documents_count_among_the_files_of_a_turn(open_: OpenStack) -> None:
    stack = await open_(max_files=2, max_file_bytes=10)
    session = await stack.new_session()
    document = {"content": "x", "mime_type": "text/plain"}
    for documents in [[document] * 3, [{**document, "content": "x" * 20}]]:
        refused = await stack.post(f"{session}/turn", says("See", documents=documents))
        assert (refused.status_code, refused.json()["error"]["code"]) == (413, "too_large")


async def test_a_later_turn_still_knows_the_documents(open_: OpenStack) -> None:
    stack = await open_()
    session = await stack.new_session()
    await stack.post(f"{session}/turn", says("See", documents=[{"content": "Secret: 7", "mime_type": "text/plain"}]))
    await stack.post(f"{session}/turn", says("And?"))
    assert "Secret: 7" in sent(stack, 1)


async def test_context_of_a_message_is_a_document_of_its_turn(open_: OpenStack) -> None:
    stack = await open_()
    session = await stack.new_session()
    body = says("See this")
    body["messages"][0]["context"] = "Lisbon is sunny."
    turn = (await stack.post(f"{session}/turn", body)).json()
    assert turn["documents"] == [{"content": "Lisbon is sunny.", "mime_type": "text/plain", "name": "context.txt"}]
    assert "Lisbon is sunny." in sent(stack, -1)


async def test_images_and_a_file_on_a_message_come_back_as_they_were_sent(open_: OpenStack) -> None:
    stack = await open_()
    session = await stack.new_session()
    items = [
        {"type": "text", "text": "See"},
        {"type": "image", "image": {"data": PIXEL}},
        {"type": "image", "image": {"url": {"uri": "https://example.com/cat.png"}}},
    ]
    file = {"name": "note.txt", "content": HELLO, "type": "text/plain"}
    body = {"messages": [{"role": "user", "content": items, "file": file}]}
    (message,) = (await stack.post(f"{session}/turn", body)).json()["input_messages"]
    assert [item["type"] for item in message["content"]] == ["text", "image", "image"]
    assert message["content"][1]["image"]["data"] == PIXEL
    assert message["content"][2]["image"]["url"] == {"uri": "https://example.com/cat.png"}
    assert file.items() <= message["file"].items()
    parts = sent(stack, -1)
    assert [part["type"] for part in parts] == ["text", "image_url", "image_url", "text"]


async def test_one_content_item_is_a_list_of_one(open_: OpenStack) -> None:
    stack = await open_()
    session = await stack.new_session()
    body = {"messages": [{"role": "user", "content": {"type": "text", "text": "Hello"}}]}
    (message,) = (await stack.post(f"{session}/turn", body)).json()["input_messages"]
    assert message["content"] == [{"type": "text", "text": "Hello"}]

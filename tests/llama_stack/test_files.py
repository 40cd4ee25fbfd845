"""Files by OpenAI's Files API, as the official clients of Llama Stack and of OpenAI ask for them."""

import httpx
import pytest

from tests.llama_stack.stack import CLIENT, Stack, says
from tests.llama_stack.test_registries import refused

LARGE = b"line of a long text\n" * 5_000


async def upload(stack: Stack, data: bytes = b"Hello", *, path: str = "/files", **fields: str) -> httpx.Response:
    return await stack.site.client.post(
        stack.prefix + path, files={"file": ("notes.txt", data, "text/plain")}, data=fields, headers=CLIENT
    )


@pytest.mark.parametrize("path", ["/files", "/openai/v1/files"])
async def test_a_file_is_created_read_listed_and_deleted(stack: Stack, path: str) -> None:
    made = (await upload(stack, path=path, purpose="batch")).json()
    assert made == {
        "id": made["id"],
        "object": "file",
        "bytes": 5,
        "created_at": made["created_at"],
        "expires_at": made["created_at"] + 24 * 3600,
        "filename": "notes.txt",
        "purpose": "batch",
    }
    assert (await stack.get(f"{path}/{made['id']}")).json() == made
    assert (await stack.get(f"{path}/{made['id']}/content")).content == b"Hello"
    listed = (await stack.get(path)).json()
    assert listed == {
        "object": "list", "data": [made], "first_id": made["id"], "last_id": made["id"], "has_more": False,
    }  # fmt: skip
    gone = await stack.delete(f"{path}/{made['id']}")
    assert (gone.status_code, gone.json()) == (200, {"id": made["id"], "object": "file", "deleted": True})
    refused(await stack.get(f"{path}/{made['id']}"), 404, "file_not_found")
    assert (await stack.get(path)).json()["data"] == []


async def test_a_list_goes_on_behind_a_file_and_knows_purposes(stack: Stack) -> None:
    made = [(await upload(stack, purpose=purpose)).json()["id"] for purpose in ("batch", "vision", "batch")]
    first = (await stack.get("/files?limit=2")).json()
    assert ([file["id"] for file in first["data"]], first["has_more"]) == ([made[2], made[1]], True)
    rest = (await stack.get(f"/files?limit=2&after={first['last_id']}")).json()
    assert ([file["id"] for file in rest["data"]], rest["has_more"]) == ([made[0]], False)
    batch = (await stack.get("/files?purpose=batch&order=asc&limit=10000")).json()
    assert [file["id"] for file in batch["data"]] == [made[0], made[2]]


async def test_a_file_without_a_purpose_is_for_assistants(stack: Stack) -> None:
    assert (await upload(stack)).json()["purpose"] == "assistants"
    refused(await upload(stack, purpose="x" * 65), 400, "invalid_request")
    assert len((await stack.get("/files")).json()["data"]) == 1


async def test_what_is_no_form_is_refused(stack: Stack) -> None:
    refused(await stack.post("/files", {"purpose": "assistants"}), 415, "unsupported_media_type")


async def test_a_large_document_is_told_whole_where_its_turn_is_read(stack: Stack) -> None:
    session = await stack.new_session()
    documents = [{"content": LARGE.decode(), "mime_type": "text/plain"}]
    answered = (await stack.post(f"{session}/turn", says("See this", documents=documents))).json()
    read = (await stack.get(f"{session}/turn/{answered['turn_id']}")).json()
    assert [turn["documents"][0]["content"] for turn in (answered, read)] == [LARGE.decode()] * 2
    [listed] = (await stack.get(session)).json()["turns"]
    where = listed["documents"][0]["content"]["uri"]
    assert (await stack.site.get(where)).content == LARGE

"""Files by OpenAI's Files API: create, list, get, read, delete. They are the files that the native routes have."""

from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, post
from litestar.params import PathParameter, QueryParameter

from tertulia.domain.errors import FieldError, InvalidRequest
from tertulia.domain.paging import MAX_LIMIT, Order, encode_cursor
from tertulia.runtime.files import Files
from tertulia.server.answers import answer
from tertulia.server.auth import Caller
from tertulia.server.downloads import answer_content
from tertulia.server.routes.parameters import Given
from tertulia.server.uploads import AROUND, Form
from tertulia.server.wire.llama_stack.files import written_file, written_files

FileId = Annotated[str, PathParameter(description="The file's id.")]
AnyRequest = Request[Any, Any, Any]
DEFAULT_PURPOSE = "assistants"
LONGEST_PURPOSE = 64


@post("/", status_code=200)
async def upload_file(request: AnyRequest, files: Given[Files], caller: Given[Caller]) -> Response[Any]:
    """Upload a file for a purpose, which is kept and means nothing here."""
    form = Form(request)
    file = await files.upload(
        caller.owner, form.claims, form.pieces(), size=form.most, purpose_of=lambda: _purpose(form)
    )
    return answer(written_file(file, unused_hours=files.unused_hours))


def _purpose(form: Form) -> str:
    purpose = form.field("purpose") or DEFAULT_PURPOSE
    if len(purpose) > LONGEST_PURPOSE or not purpose.isprintable():
        detail = f"a purpose has {LONGEST_PURPOSE} letters at the most"
        raise InvalidRequest(f"/purpose: {detail}.", errors=[FieldError(pointer="/purpose", detail=detail)])
    return purpose


@get("/")
async def list_files(
    files: Given[Files],
    caller: Given[Caller],
    after: Annotated[str | None, QueryParameter(description="The last file of the page before.")] = None,
    limit: Annotated[int, QueryParameter(ge=1, description="How many at the most.")] = MAX_LIMIT,
    order: Annotated[Order, QueryParameter(description="Newest (desc) or oldest (asc) first.")] = "desc",
    purpose: Annotated[str | None, QueryParameter(description="Only those of this purpose.")] = None,
) -> Response[Any]:
    """List files, those of one purpose or all; a page has no more than 200, whatever is asked for."""
    last = (await files.get(caller.owner, after)).info if after else None
    page = await files.list_files(
        caller.owner,
        order=order,
        limit=min(limit, MAX_LIMIT),
        cursor=encode_cursor(last.created_at, last.file_id) if last else None,
        purpose=purpose or None,
    )
    has_more = page.next_cursor is not None
    return answer(written_files(page.items, has_more=has_more, unused_hours=files.unused_hours))


@get("/{file_id:str}")
async def get_file(file_id: FileId, files: Given[Files], caller: Given[Caller]) -> Response[Any]:
    """Get what is known of a file."""
    return answer(written_file(await files.get(caller.owner, file_id), unused_hours=files.unused_hours))


@get("/{file_id:str}/content")
async def get_file_content(
    file_id: FileId, request: AnyRequest, files: Given[Files], caller: Given[Caller]
) -> Response[Any]:
    """Get a file's content."""
    return answer_content(request, files, (await files.get(caller.owner, file_id)).info)


@delete("/{file_id:str}", status_code=200)
async def delete_file(file_id: FileId, files: Given[Files], caller: Given[Caller]) -> Response[Any]:
    """Delete a file; one that turns use goes with the last of them."""
    await files.delete(caller.owner, file_id)
    return answer({"id": file_id, "object": "file", "deleted": True})


def files_routers(max_file_bytes: int) -> list[Router]:
    """The routes of files, at Llama Stack's path and at OpenAI's."""
    handlers: list[Any] = [upload_file, list_files, get_file, get_file_content, delete_file]
    most = max_file_bytes + AROUND
    return [
        Router(path, route_handlers=handlers, request_max_body_size=most)
        for path in ("/v1/files", "/v1/openai/v1/files")
    ]

"""Files: upload, list, get, read, delete."""

from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, post
from litestar.datastructures import ResponseHeader
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter, QueryParameter

from tertulia.domain.errors import (
    FileNotFound,
    InvalidCursor,
    InvalidRequest,
    StorageFull,
    TooLarge,
    UnsupportedMediaType,
)
from tertulia.domain.files import FileInfo
from tertulia.domain.lists import FileList
from tertulia.domain.paging import DEFAULT_LIMIT, Order, Page
from tertulia.runtime.files import Files
from tertulia.server.answers import answer, answer_page
from tertulia.server.auth import Caller
from tertulia.server.downloads import answer_content
from tertulia.server.routes.parameters import LOCATION, Cursor, Given, Limit
from tertulia.server.routes.problems import problem_spec, raises
from tertulia.server.uploads import AROUND, Form

FileId = Annotated[str, PathParameter(description="The file's id.")]
AnyRequest = Request[Any, Any, Any]
CONTENT_ETAG = ResponseHeader("ETag", documentation_only=True, description="The content's SHA-256.", value="")
PARTIAL = ResponseSpec(bytes, generate_examples=False, description="The range that `Range` asks for.")
UNCHANGED = ResponseSpec(None, generate_examples=False, description="The content is that of `If-None-Match`.")
BEYOND = problem_spec("`range_not_satisfiable`: The file is not so long.")


@post(
    "/",
    operation_id="upload_file",
    response_headers=[LOCATION],
    responses=raises(InvalidRequest, TooLarge, StorageFull, UnsupportedMediaType),
)
async def upload_file(request: AnyRequest, files: Given[Files], caller: Given[Caller]) -> Response[FileInfo]:
    """Upload a file, for messages to name by its id.

    Its `type` is what its bytes are, whatever is claimed. One that no turn uses is deleted after a time.
    """
    form = Form(request)
    info = (await files.upload(caller.owner, form.claims, form.pieces(), size=form.most)).info
    return answer(info, status=201, headers={"location": f"/v1/files/{info.file_id}"})


@get("/", operation_id="list_files", responses=raises(InvalidRequest, InvalidCursor))
async def list_files(
    files: Given[Files],
    caller: Given[Caller],
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    order: Annotated[Order, QueryParameter(description="Newest (desc) or oldest (asc) first.")] = "desc",
) -> Response[FileList]:
    """List the files that were uploaded, without those that came with messages or were made by tools."""
    page = await files.list_files(caller.owner, order=order, limit=limit, cursor=cursor or None)
    return answer_page("files", Page(items=[file.info for file in page.items], next_cursor=page.next_cursor))


@get("/{file_id:str}", operation_id="get_file", responses=raises(FileNotFound))
async def get_file(file_id: FileId, files: Given[Files], caller: Given[Caller]) -> Response[FileInfo]:
    """Get what is known of a file, without its content."""
    return answer((await files.get(caller.owner, file_id)).info)


@get(
    "/{file_id:str}/content",
    operation_id="get_file_content",
    media_type="application/octet-stream",
    response_headers=[CONTENT_ETAG],
    responses=raises(FileNotFound) | {206: PARTIAL, 304: UNCHANGED, 416: BEYOND},
)
async def get_file_content(
    file_id: FileId, request: AnyRequest, files: Given[Files], caller: Given[Caller]
) -> Response[bytes]:
    """Get a file's content, or a range of it, to be saved and not shown."""
    return answer_content(request, files, (await files.get(caller.owner, file_id)).info)


@delete("/{file_id:str}", operation_id="delete_file", responses=raises(FileNotFound))
async def delete_file(file_id: FileId, files: Given[Files], caller: Given[Caller]) -> None:
    """Delete a file. One that turns use is listed no more, and goes with the last of them."""
    await files.delete(caller.owner, file_id)


def files_router(max_file_bytes: int) -> Router:
    """The routes of files; a form may be as large as a file, and what is around it."""
    handlers: list[Any] = [upload_file, list_files, get_file, get_file_content, delete_file]
    return Router("/v1/files", route_handlers=handlers, tags=["Files"], request_max_body_size=max_file_bytes + AROUND)

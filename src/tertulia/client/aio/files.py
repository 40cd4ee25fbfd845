"""Calls about files."""

from collections.abc import AsyncGenerator

from tertulia.client.aio.calls import EACH, AsyncCalls, each_row
from tertulia.client.request import Form, Request, path_of
from tertulia.domain.files import FileInfo
from tertulia.domain.lists import FileList
from tertulia.domain.paging import DEFAULT_LIMIT, Order


class AsyncFileCalls(AsyncCalls):
    """Upload, list, read and delete files."""

    async def upload_file(self, name: str, content: bytes, *, media_type: str = "") -> FileInfo:
        """Upload a file; a message names it by its id: `FileAttachment(file_id=…)`.

        The server sees from the content what it is; `media_type` helps with texts. What no turn uses is deleted there
        after a time.
        """
        form = Form(name=name, content=content, type=media_type)
        return await self._transport.call(Request(method="POST", path=path_of("files"), form=form), FileInfo)

    async def get_file(self, file_id: str) -> FileInfo:
        """Read what is known of a file, without its content."""
        return await self._get(FileInfo, "files", file_id)

    async def get_file_content(self, file_id: str) -> bytes:
        """Read the content of a file."""
        request = Request(method="GET", path=path_of("files", file_id, "content"), is_repeatable=True)
        content = bytearray()
        async with self._transport.stream(request) as response:
            while chunk := await response.chunk():
                content += chunk
        return bytes(content)

    async def list_files(
        self, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None, order: Order = "desc"
    ) -> FileList:
        """A page of the files that were uploaded, the newest first."""
        return await self._get(FileList, "files", limit=limit, cursor=cursor, order=order)

    def iter_files(self, *, order: Order = "desc") -> AsyncGenerator[FileInfo]:
        """All files that were uploaded, as `list_files` has them."""
        return each_row(lambda cursor: self.list_files(limit=EACH, cursor=cursor, order=order))

    async def delete_file(self, file_id: str) -> None:
        """Delete a file; one that turns use is listed no more, and goes with the last of them."""
        await self._delete("files", file_id)

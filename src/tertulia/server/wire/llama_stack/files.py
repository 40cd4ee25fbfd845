"""Files in the words of OpenAI's Files API, which are Llama Stack's too."""

import datetime as dt

from tertulia.server.wire.llama_stack.base import Json
from tertulia.store.files import StoredFile


def written_file(file: StoredFile, *, unused_hours: float) -> Json:
    """Return a file; `expires_at` is when it may go if no turn uses it by then."""
    created_at = int(dt.datetime.fromisoformat(file.info.created_at).timestamp())
    return {
        "id": file.info.file_id,
        "object": "file",
        "bytes": file.info.size,
        "created_at": created_at,
        "expires_at": created_at + int(unused_hours * 3600),
        "filename": file.info.name,
        "purpose": file.purpose,
    }


def written_files(files: list[StoredFile], *, has_more: bool, unused_hours: float) -> Json:
    """Return a page of files."""
    return {
        "object": "list",
        "data": [written_file(file, unused_hours=unused_hours) for file in files],
        "first_id": files[0].info.file_id if files else None,
        "last_id": files[-1].info.file_id if files else None,
        "has_more": has_more,
    }

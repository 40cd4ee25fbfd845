"""Where it stays which files there are, which turns use them, and which blobs they are.

A file dies when it is deleted, or when nobody has used it for a time; but never while a turn uses it, and the uses
of a turn go with the turn. A blob dies once no file is of it: it is condemned first, then deleted where blobs stay,
then forgotten. Who brings a blob reserves it before it is there. Of one that is condemned that is refused, so that
nobody deletes what somebody else has just brought again.
"""

from collections.abc import Sequence
from typing import Protocol

from tertulia.domain.base import Value
from tertulia.domain.files import FileInfo
from tertulia.domain.paging import Order, Page


class StoredFile(Value):
    """A file that is kept. One that is not listed is there for the turns that use it, and no longer.

    `purpose` is what OpenAI's clients say that it is for.
    """

    info: FileInfo
    is_listed: bool = True
    purpose: str = ""


class FileStore(Protocol):
    """Files, which turns use them, and which blobs they are."""

    async def reserve_blob(self, sha256: str, *, size: int, seconds: float) -> bool:
        """Let a blob be kept for so long, although no file is of it yet; refused while it is condemned.

        The sentence on one that should have been forgotten by now is lifted: whoever condemned it is lost.
        """
        ...

    async def add_file(self, owner: str, file: StoredFile, *, reservation: str | None = None) -> None:
        """Add a file whose blob is reserved, in the place of the room that was kept for it.

        Raises StorageUnavailable if the blob has been condemned meanwhile.
        """
        ...

    async def add_files_of_turn(self, owner: str, turn_id: str, made: Sequence[StoredFile]) -> None:
        """Add files that a turn has made, and uses. Raises TurnNotFound, StorageUnavailable."""
        ...

    async def get_file(self, owner: str, file_id: str) -> StoredFile:
        """Raises FileNotFound."""
        ...

    async def list_files(
        self, owner: str, *, order: Order, limit: int, cursor: str | None = None, purpose: str | None = None
    ) -> Page[StoredFile]:
        """Those that are listed, by `created_at`, then id."""
        ...

    async def delete_file(self, owner: str, file_id: str) -> None:
        """Delete it, or list it no more if turns use it: the last of those takes it along. Raises FileNotFound."""
        ...

    async def drop_unused_files(self, *, uploaded_before: str, limit: int) -> int:
        """Delete up to `limit` files that no turn uses any more, or has used since an upload before some time.

        Return how many were looked at: with none, there are no more.
        """
        ...

    async def condemn_blobs(self, *, seconds: float, limit: int) -> list[str]:
        """Condemn up to `limit` blobs that no file is of, and nobody has reserved; return them, to be deleted.

        After so many seconds the sentence can be lifted, and one that has not been forgotten is condemned again.
        """
        ...

    async def forget_blobs(self, sha256s: Sequence[str]) -> None:
        """Forget blobs that are condemned and have been deleted."""
        ...

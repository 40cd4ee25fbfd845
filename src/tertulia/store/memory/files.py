"""The files of a store in memory."""

from collections.abc import Sequence

from tertulia.domain.paging import Order, Page
from tertulia.store.files import StoredFile
from tertulia.store.memory.registry import sealed
from tertulia.store.memory.rows import MemoryRows


class MemoryFiles(MemoryRows):
    """Files, which turns use them, and which blobs they are."""

    async def reserve_blob(self, sha256: str, *, size: int, seconds: float) -> bool:
        await self._begin()
        return self._files.reserve(sha256, seconds=seconds)

    async def add_file(self, owner: str, file: StoredFile, *, reservation: str | None = None) -> None:
        await self._begin()
        self._files.check_blobs([file])
        self._files.add(owner, [sealed(file)])
        self._reservations.pop((owner, reservation or ""), None)

    async def add_files_of_turn(self, owner: str, turn_id: str, made: Sequence[StoredFile]) -> None:
        await self._begin()
        self._turn(owner, turn_id)
        self._files.check_blobs(made)
        self._files.add(owner, [sealed(file) for file in made], turn_id=turn_id)

    async def get_file(self, owner: str, file_id: str) -> StoredFile:
        await self._begin()
        return sealed(self._files.get(owner, file_id))

    async def list_files(
        self, owner: str, *, order: Order, limit: int, cursor: str | None = None, purpose: str | None = None
    ) -> Page[StoredFile]:
        await self._begin()
        return self._files.list_page(owner, order=order, limit=limit, cursor=cursor, purpose=purpose)

    async def delete_file(self, owner: str, file_id: str) -> None:
        await self._begin()
        self._files.delete(owner, file_id)

    async def drop_unused_files(self, *, uploaded_before: str, limit: int) -> int:
        await self._begin()
        return self._files.drop_unused(uploaded_before=uploaded_before, limit=limit)

    async def condemn_blobs(self, *, seconds: float, limit: int) -> list[str]:
        await self._begin()
        return self._files.condemn(seconds=seconds, limit=limit)

    async def forget_blobs(self, sha256s: Sequence[str]) -> None:
        await self._begin()
        self._files.forget(sha256s)

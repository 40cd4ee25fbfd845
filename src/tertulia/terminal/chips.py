"""The files that go along with the next message, a line of them above it."""

from pathlib import Path

from textual import work
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tertulia.client import AsyncClient, ClientError
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.files import FileInfo
from tertulia.domain.server import Limits
from tertulia.terminal.files import Unreadable, read_file
from tertulia.terminal.text import line_of, size_of, visible


class Chips(Static):
    """Sends files to the server as they are named, and keeps them for the message."""

    class Failed(Message):
        """A file cannot go along."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    def __init__(self, client: AsyncClient, limits: Limits) -> None:
        super().__init__(id="chips")
        self._client = client
        self._limits = limits
        self._files: list[FileInfo] = []
        self._coming: dict[Path, str] = {}

    @property
    def coming(self) -> str:
        """The names of those that are on their way."""
        return ", ".join(self._coming.values())

    @work
    async def send(self, path: Path) -> None:
        """Send a file to the server."""
        if len(self._files) + len(self._coming) >= self._limits.max_files:
            most = self._limits.max_files
            self.post_message(self.Failed(f"This server takes {most} files with a message: send others with the next."))
            return
        self._coming[path] = line_of(visible(path.name), 40)
        self._draw()
        try:
            content = read_file(path, self._limits.max_file_bytes)
            self._files.append(await self._client.upload_file(path.name, content))
        except Unreadable as error:
            self.post_message(self.Failed(str(error)))
        except ClientError as error:
            self.post_message(self.Failed(f"{visible(str(path))} was not taken: {error}"))
        finally:
            self._coming.pop(path, None)
            self._draw()

    def take(self) -> list[FileAttachment]:
        """Hand the files to a message."""
        files, self._files = self._files, []
        self._draw()
        return [FileAttachment(file_id=file.file_id, name=file.name, type=file.type) for file in files]

    def drop_last(self) -> None:
        """Let go of the last file."""
        self._files = self._files[:-1]
        self._draw()

    def _draw(self) -> None:
        there = [f"▪ {line_of(visible(file.name), 40)} · {size_of(file.size)}" for file in self._files]
        coming = [f"◌ {name} · sending" for name in self._coming.values()]
        self.update(Content("   ".join([*there, *coming])))
        self.display = bool(there or coming)

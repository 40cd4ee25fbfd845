"""Whether a file is an archive or one session says its beginning."""

from pathlib import Path

from tertulia.domain.errors import SourceUnreadable
from tertulia.sources.tertulia.archive import Archive
from tertulia.sources.tertulia.documents import Document


def open_tertulia(path: Path) -> Archive | Document:
    """Open what was taken out of Tertulia. Raises SourceUnreadable."""
    try:
        with path.open("rb") as file:
            begin = file.read(1)
    except OSError as error:
        raise SourceUnreadable(f"{path} cannot be read: {error}.") from None
    return Document(path) if begin == b"{" else Archive(path)

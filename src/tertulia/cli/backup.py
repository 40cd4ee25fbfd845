"""`tertulia backup`: a copy of the database and of the files, made while the server runs.

The files come first, then the database, then the files that have come meanwhile: each file that the database speaks of
is there. The folder is laid out as a data directory is, so that a server can be started on it.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import click

from tertulia.blobs.copying import copy_blobs
from tertulia.cli.console import Failure
from tertulia.cli.options import setting_options
from tertulia.settings.values import Settings
from tertulia.store.sql.sqlite.backup import copy_database


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@setting_options("data_dir", "database_url", "blob_url")
def backup(folder: Path, **given: object) -> None:
    """Copy the database and the files while the server runs.

    FOLDER is made when it is missing; files that were copied there before are not copied again. A PostgreSQL database
    and a bucket have means of their own: this copies the other of the two, and says so.
    """
    settings = Settings.from_env(os.environ, **given)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        copied = _copy_files(settings, folder)
        database = _copy_database(settings, folder)
        copied += _copy_files(settings, folder)
    except OSError as error:
        raise Failure(f"Nothing can be written to {folder}: {error.strerror or error}.") from error
    click.echo(f"Copied to {folder}: {database}{_said(settings, copied)}.")


def _copy_database(settings: Settings, folder: Path) -> str:
    if (path := sqlite_path(settings)) is None:
        return "no database (copy it by pg_dump), "
    copy_database(path, folder / "tertulia.db")
    return "the database, "


def _copy_files(settings: Settings, folder: Path) -> int:
    source = files_folder(settings)
    return 0 if source is None else copy_blobs(source, folder / "files")


def _said(settings: Settings, copied: int) -> str:
    return "no files (they are in a bucket)" if files_folder(settings) is None else f"{copied:,} files"


def sqlite_path(settings: Settings) -> Path | None:
    """Return where the database is, if it is a file."""
    scheme, _, path = settings.store_url.partition("://")
    return Path(path.removeprefix("/")) if scheme == "sqlite" else None


def files_folder(settings: Settings) -> Path | None:
    """Return where the files are, if that is a folder."""
    parts = urlsplit(settings.files_url)
    return Path(url2pathname(parts.path)) if parts.scheme == "file" else None

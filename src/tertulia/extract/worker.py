"""The process in which one file is read: `python -I -B -m tertulia.extract.worker MEMORY_BYTES CPU_SECONDS`.

It is given a job in one line of JSON and the file behind it, answers with one `Extract` as MessagePack, and ends. It
confines itself before it looks at the file: so much memory and processor time, no files to write, no other programs, no
network. The libraries that read files are imported here and nowhere else.
"""

import sys
from importlib import import_module
from typing import Any

import msgspec

from tertulia.extract.archives import Refused, kind_of
from tertulia.extract.base import Extract, Job, NoExtract

FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "webbrowser.")
"""Audit events of Python (https://docs.python.org/3/library/audit_events.html) that reading a file has no need of."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DAMAGED = "it is damaged, or not what it says it is"


def main() -> None:
    """Read one job and its file from standard input, and write what comes of it to standard output."""
    confine(int(sys.argv[1]), int(sys.argv[2]))
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    content = sys.stdin.buffer.read()
    sys.stdout.buffer.write(msgspec.msgpack.encode(extract(content, job)))


def confine(memory_bytes: int, cpu_seconds: int) -> None:
    """Take from this process what it must not use. Windows and macOS know fewer limits: there, time is what is left."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        pass
    else:
        for name, limit in (
            ("RLIMIT_AS", memory_bytes),
            ("RLIMIT_CPU", cpu_seconds),
            ("RLIMIT_FSIZE", 0),
            ("RLIMIT_CORE", 0),
        ):
            try:
                resource.setrlimit(getattr(resource, name), (limit, limit))
            except (AttributeError, ValueError, OSError):  # one that this system does not have, or has lower already
                continue
    sys.addaudithook(_refuse)


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(FORBIDDEN):
        raise PermissionError(f"a file that is read has no business with {event}")


def extract(content: bytes, job: Job) -> Extract:
    """Read the file. Whatever is wrong with it is an answer, too."""
    try:
        kind = job.task if job.task != "document" else document_kind(content)
        return import_module(f"tertulia.extract.readers.{kind}").read(content, job)
    except Refused as refusal:
        return NoExtract(reason=str(refusal))
    except MemoryError:
        return NoExtract(reason="reading it would take too much memory")
    except RecursionError:
        return NoExtract(reason="it is nested too deeply")
    except Exception:  # noqa: BLE001 - libraries raise all kinds of errors on broken files
        return NoExtract(reason=DAMAGED)


def document_kind(content: bytes) -> str:
    """Tell by the bytes, whatever the file was called. Raises Refused."""
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(OLE):
        raise Refused("it is encrypted with a password, or in a format of before 2007: save it anew, and attach that")
    if content.startswith(b"PK") and (kind := kind_of(content)) is not None:
        return kind
    raise Refused("no text can be had of files of this kind")


if __name__ == "__main__":
    main()

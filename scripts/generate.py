"""Writes the files that are made from the code and yet committed; with --check, fails if one of them was out of date.

They are committed so that a change of the wire is seen in its diff, by people and by reviewers of the page alike.
All of them are written, or none: what cannot be made leaves them as they were.
"""

import subprocess
import sys
from pathlib import Path

import msgspec

from tertulia.domain.exports import json_schema

ROOT = Path(__file__).parent.parent
OPENAPI = ROOT / "openapi.json"
SYNC_CLIENT = ROOT / "src" / "tertulia" / "client" / "sync"
EXPORT_SCHEMA = ROOT / "docs" / "reference" / "session-export.schema.json"
PAGE_TYPES = ROOT / "web" / "src" / "api" / "schema.d.ts"


def main() -> None:
    """Write them all, and say which have changed."""
    before = contents()
    try:
        write()
    except BaseException:
        restore(before)
        raise
    after = contents()
    changed = sorted(path for path in before | after if before.get(path) != after.get(path))
    for path in (each.relative_to(ROOT) for each in changed):
        print(f"{path} was out of date and has been written anew: read the difference and commit it.")
    if changed and "--check" in sys.argv[1:]:
        sys.exit(1)


def write() -> None:
    """Write them, the later ones from the earlier ones."""
    subprocess.run([sys.executable, ROOT / "scripts" / "unasync.py"], check=True)
    OPENAPI.write_bytes(subprocess.run(["tertulia", "openapi"], check=True, stdout=subprocess.PIPE).stdout)
    EXPORT_SCHEMA.write_bytes(msgspec.json.format(msgspec.json.encode(json_schema()), indent=2) + b"\n")
    subprocess.run([ROOT / "scripts" / "npm", "run", "--silent", "generate"], check=True, stdout=sys.stderr)


def restore(before: dict[Path, bytes]) -> None:
    """Let them be as they were."""
    for path in contents().keys() | before.keys():
        if path in before:
            path.write_bytes(before[path])
        else:
            path.unlink()


def contents() -> dict[Path, bytes]:
    """What the generated files hold now."""
    return {
        path: path.read_bytes()
        for path in (OPENAPI, EXPORT_SCHEMA, PAGE_TYPES, *SYNC_CLIENT.glob("*.py"))
        if path.exists()
    }


if __name__ == "__main__":
    main()

"""Generated files: all of them are written, or none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.workshop.project import ROOT

MADE = ["openapi.json", "docs/reference/session-export.schema.json", "web/src/api/schema.d.ts"]


def test_what_cannot_be_made_leaves_all_generated_files_as_they_were(tmp_path: Path) -> None:
    for name in ("scripts/generate.py", "scripts/unasync.py", *MADE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("aio", "sync"):
        shutil.copytree(ROOT / "src/tertulia/client" / name, tmp_path / "src/tertulia/client" / name)
    tool(tmp_path / "bin/tertulia", "echo changed")
    tool(tmp_path / "scripts/npm", "echo there is a type without a name; exit 3")
    (tmp_path / MADE[1]).write_text("older")
    (tmp_path / "src/tertulia/client/sync/agents.py").write_text("# older")
    before = written(tmp_path)
    environ = os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    command = [sys.executable, tmp_path / "scripts/generate.py"]
    done = subprocess.run(command, check=False, env=environ, capture_output=True)
    assert b"without a name" in done.stderr
    assert done.returncode != 0
    assert written(tmp_path) == before


def tool(path: Path, words: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{words}\n")
    path.chmod(0o755)


def written(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc"}

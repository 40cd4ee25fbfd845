"""Writes the files that are made from the code and yet committed; with --check, fails if one of them was out of date.

They are committed so that a change of the wire is seen in its diff, by people and by reviewers of the page alike.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
OPENAPI = ROOT / "openapi.json"
PAGE_TYPES = ROOT / "web" / "src" / "api" / "schema.d.ts"


def main() -> None:
    """Write them all, the later ones from the earlier ones."""
    before = contents()
    OPENAPI.write_bytes(subprocess.run(["tertulia", "openapi"], check=True, stdout=subprocess.PIPE).stdout)
    subprocess.run([ROOT / "scripts" / "npm", "run", "--silent", "generate"], check=True, stdout=sys.stderr)
    changed = [path.relative_to(ROOT) for path, content in contents().items() if content != before[path]]
    for path in changed:
        print(f"{path} was out of date and has been written anew: read the difference and commit it.")
    if changed and "--check" in sys.argv[1:]:
        sys.exit(1)


def contents() -> dict[Path, bytes | None]:
    """What the generated files hold now."""
    return {path: path.read_bytes() if path.exists() else None for path in (OPENAPI, PAGE_TYPES)}


if __name__ == "__main__":
    main()

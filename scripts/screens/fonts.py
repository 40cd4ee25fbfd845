"""A typeface for the pictures: Inter, from Debian's package, for the browser of the pictures alone.

The page asks for the system's own. On a bare machine that is one of which nobody's eyes are fond, and pictures of one
machine differ from those of the next; so where Debian's packages are to be had, they bring this one.
"""

import shutil
import subprocess
from pathlib import Path

PACKAGE = "fonts-inter"
FOLDER = Path(__file__).parents[2] / ".tools" / "fonts"
CONFIG = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <alias binding="same"><family>sans-serif</family><prefer><family>Inter</family></prefer></alias>
  <match target="pattern">
    <test qual="all" name="family"><string>system-ui</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Inter</string></edit>
  </match>
  <alias binding="same"><family>system-ui</family><prefer><family>Inter</family></prefer></alias>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{folder}</dir>
  <cachedir>{folder}/cache</cachedir>
</fontconfig>
"""


def font_variables() -> dict[str, str]:
    """The variables by which a browser finds it; none where it is not to be had."""
    config = FOLDER / "fonts.conf"
    if not config.exists() and not fetch():
        return {}
    config.write_text(CONFIG.format(folder=FOLDER))
    return {"FONTCONFIG_FILE": str(config)}


def fetch() -> bool:
    """Unpack the package beside the other tools; nothing of the system is changed."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return False
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not run("apt-get", "download", PACKAGE):
        return False
    return all(run("dpkg-deb", "--extract", str(package), ".") for package in FOLDER.glob(f"{PACKAGE}_*.deb"))


def run(*command: str) -> bool:
    """Whether a command succeeds."""
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, timeout=120, check=False)
    return done.returncode == 0

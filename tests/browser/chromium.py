"""Find a Chromium for the browser tests; run as a script, get one where there is none.

    python tests/browser/chromium.py

looks for the system's browser, then Playwright's own, then tries Debian's package, then Playwright's download.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HELP = (
    "No Chromium could be found or installed for the browser tests. Install one with your system's package manager "
    "(Debian, Ubuntu: apt-get install chromium), or run: python -m playwright install --with-deps chromium"
)


def find_chromium() -> str | None:
    """Path of a Chromium: the system's, else Playwright's own, else None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install_chromium() -> None:
    """Try Debian's package (as root), then Playwright's download; leaves it to the caller to look again."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]):
            if subprocess.run(command, env=environment).returncode:
                break
        else:
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])


def main() -> int:
    if not find_chromium():
        install_chromium()
    found = find_chromium()
    print(f"Chromium for the browser tests: {found}" if found else HELP, file=sys.stdout if found else sys.stderr)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())

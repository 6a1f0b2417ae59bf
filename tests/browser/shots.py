"""Make README's screenshots: `make shots`. Trains the degradation preset first, then visits every page.

    python tests/browser/shots.py [FOLDER] [--wide] [--dark]

With a folder, writes there instead of `assets/screenshots`; --wide is 1920 pixels, --dark the dark theme.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from chromium import HELP, find_chromium
from playwright.sync_api import sync_playwright
from running_app import CHROMIUM_FLAGS, REPOSITORY, App

HEIGHT = 1250
TALL = {"train": 2350, "lesions": 2450}  # down to the curves, below the answer; to the chart of each block in turn


def pages(runs: list[str]) -> dict[str, str]:
    """Page name -> path and query to visit."""
    return {
        "home": "/",
        "architecture": "/architecture?network=cifar/basic-20",
        "compare": "/compare",
        "train": f"/train?runs={','.join(runs)}",
        "runs": "/runs",
        "gradients": "/gradients",
        "lesions": "/gradients?view=lesions",
        "classify": "/classify?model=cifar10-residual-20,cifar10-plain-20&sample=cat&view=heat",
        "depth": "/classify?model=mnist-residual-56,mnist-plain-56&sample=digit-3&view=depth",
    }


def train_preset(home: Path) -> list[str]:
    """Run the degradation preset to its end in a data folder and return the runs' ids."""
    command = [sys.executable, "-m", "explorer.cli", "train", "--preset", "degradation", "--json"]
    done = subprocess.run(command, env=os.environ | {"EXPLORER_HOME": str(home)}, stdout=subprocess.PIPE, check=True)
    return [row["run"] for row in json.loads(done.stdout)]


def shoot(app: App, runs: list[str], folder: Path, width: int, dark: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        scheme = "dark" if dark else "light"
        page = browser.new_page(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
        for name, path in pages(runs).items():
            page.set_viewport_size({"width": width, "height": TALL.get(name, HEIGHT)})
            page.goto(app.url + path)
            for _ in range(2):  # a page that measures rests for a moment between two of its runs
                page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for(timeout=120_000)
                page.wait_for_timeout(3000)  # charts and graphs lay themselves out after the script has ended
            page.screenshot(path=folder / f"{name}.png")
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=REPOSITORY / "assets" / "screenshots")
    parser.add_argument("--wide", action="store_true")
    parser.add_argument("--dark", action="store_true")
    arguments = parser.parse_args()
    if not find_chromium():
        sys.exit(HELP)
    with tempfile.TemporaryDirectory() as home:
        runs = train_preset(Path(home))
        app = App(Path(home)).start()
        try:
            shoot(app, runs, arguments.folder, 1920 if arguments.wide else 1280, arguments.dark)
        finally:
            app.stop()


if __name__ == "__main__":
    main()

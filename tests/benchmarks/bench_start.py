"""Cold start: from `streamlit run` to a painted Home, and to every other page on a server of its own.

Prints seconds on this machine (target: Home 4, the others 6) and the ratio to the reference, which is
the start of a Streamlit app of one line in the same run.
"""

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from chromium import find_chromium  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from running_app import CHROMIUM_FLAGS, App  # noqa: E402

ROUNDS = 3
REFERENCE = "tests/benchmarks/one_line_app.py"
PAGES = {  # path -> what must be on screen: the last that a reader waits for
    "": "text=Runs are kept in",
    "architecture?network=cifar/basic-56": "text=MACs of each layer",
    "compare": "text=Errors of one source compare",
    "train": "text=Train these 4 networks",
    "runs": "text=No runs yet",
    "gradients": "text=What is known",  # the measurement itself goes on behind its progress bar
    "classify": "text=The likeliest classes",
}


def seconds_to_paint(browser, app: App, path: str, painted: str) -> float:
    """Start a server, open the page, wait until it is painted."""
    began = time.perf_counter()
    app.start()
    page = browser.new_page()
    try:
        page.goto(f"{app.url}/{path}")
        page.locator(painted).first.wait_for(timeout=60_000)
        return time.perf_counter() - began
    finally:
        page.close()
        app.stop()


def main() -> None:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as home:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        times = {path: [] for path in ["reference", *PAGES]}
        for _ in range(ROUNDS):
            times["reference"].append(seconds_to_paint(browser, App(Path(home), script=REFERENCE), "", "text=Reference"))
            for path, painted in PAGES.items():
                times[path].append(seconds_to_paint(browser, App(Path(home)), path, painted))
        browser.close()
    reference = median(times.pop("reference"))
    print(f"{'one-line app':<40}{reference:5.2f} s   1.00x")
    for path, seconds in times.items():
        print(f"{'/' + path:<40}{median(seconds):5.2f} s   {median(seconds) / reference:.2f}x")


if __name__ == "__main__":
    main()

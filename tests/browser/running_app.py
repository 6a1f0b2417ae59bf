"""The whole app as a process of its own, for the browser tests, the benchmarks and the screenshots."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chromium import find_chromium
from playwright.sync_api import Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
    "--use-fake-device-for-media-stream",  # a camera that films a clock, for a page that is allowed to use it
]  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class App:
    """A Streamlit server of one script, on a port and with a data folder of its own."""

    def __init__(self, home: Path, port: int | None = None, script: str = "explorer/Home.py"):
        self.home, self.port, self.script = home, port or free_port(), script
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "server.log"

    def start(self):
        self.home.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "streamlit", "run", self.script]
        options = ["--server.port", str(self.port), "--server.headless", "true"]
        environment = os.environ | {"EXPLORER_HOME": str(self.home)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command + options, cwd=REPOSITORY, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2).read()
                return self
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.1)
        raise TimeoutError(self.log.read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


@contextmanager
def app_in_chromium(width: int = 1280) -> Iterator[tuple[str, Page]]:
    """The address of the app, with a data folder that goes with it, and a page of a Chromium to visit it with."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        app = App(Path(home)).start()
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        try:
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.set_default_timeout(60_000)
            yield app.url, page
        finally:
            browser.close()
            app.stop()

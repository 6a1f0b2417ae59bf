"""A running app and a real Chromium for the browser tests."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from chromium import HELP, find_chromium
from playwright.sync_api import sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class App:
    """A Streamlit server on a port and with a data folder of its own."""

    def __init__(self, home: Path, port: int | None = None):
        self.home, self.port = home, port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "server.log"

    def start(self):
        self.home.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "streamlit", "run", "explorer/Home.py"]
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


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    """The app, shared by the browser tests of a session."""
    app = App(tmp_path_factory.mktemp("app-home")).start()
    yield app
    app.stop()


@pytest.fixture(scope="session")
def app_url(app):
    return app.url


@pytest.fixture(scope="session")
def browser():
    path = find_chromium()
    if not path:
        pytest.fail(HELP)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """A fresh page, 1280 by 900; the test fails if the page's console showed an error of the app's own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors

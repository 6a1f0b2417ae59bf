"""A running app and a real Chromium for the browser tests."""

import pytest
from chromium import HELP, find_chromium
from patience import PATIENCE, wait_until
from playwright.sync_api import expect, sync_playwright
from running_app import CHROMIUM_FLAGS, App

from explorer.runs.folder import list_runs
from explorer.runs.launcher import LocalLauncher
from explorer.runs.status import read_status

expect.set_options(timeout=30_000)  # a busy machine may need more than Playwright's five seconds


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
def serve(tmp_path_factory):
    """`serve("network_page.py")`: the address of a server of that script of this folder, one for all who ask."""
    apps = {}

    def serve(script):
        if script not in apps:
            apps[script] = App(tmp_path_factory.mktemp("served-home"), script=f"tests/browser/{script}").start()
        return apps[script].url

    yield serve
    for app in apps.values():
        app.stop()


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


@pytest.fixture
def patient(page):
    """For two busy cores: torch is imported, and networks are measured."""
    page.set_default_timeout(PATIENCE)
    return page


@pytest.fixture
def runs_of_the_app(app, page, monkeypatch):
    """The test looks into the app's own data folder; whatever it started is stopped."""
    monkeypatch.setenv("EXPLORER_HOME", str(app.home))
    page.set_default_timeout(PATIENCE)
    yield
    for run in list_runs():
        LocalLauncher().stop(run)
    wait_until(lambda: not any(read_status(run).active for run in list_runs()))


@pytest.fixture
def open_view(page, serve):
    """`open_view("networks=cifar/basic-20")`: the page once its first drawing stands, without gliding."""
    page.emulate_media(reduced_motion="reduce")

    def open_view(query="", first="g.node"):
        page.goto(f"{serve('network_page.py')}/?{query}")
        page.locator(first).first.wait_for()
        return page

    return open_view

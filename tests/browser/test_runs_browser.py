"""The Runs page in a real browser, with workers that really run."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from explorer.runs.folder import create, list_runs
from explorer.runs.launcher import LocalLauncher
from explorer.runs.status import read_status
from explorer.runs.trash import delete

pytestmark = pytest.mark.browser

SMALL_WORKER = (sys.executable, str(Path(__file__).resolve().parents[1] / "runs" / "small_worker.py"))


@pytest.fixture
def launch(app, monkeypatch):
    """`launch(recipe, …)` starts runs of the small worker where the app sees them, as one experiment."""
    monkeypatch.setenv("EXPLORER_HOME", str(app.home))
    launcher, launched = LocalLauncher(4, SMALL_WORKER), []

    def start(*recipes):
        group = os.urandom(4).hex()
        runs = [create(f"cifar/highway-{8 + 6 * number}", recipe, 0, group=group) for number, recipe in enumerate(recipes)]
        for run in runs:
            launcher.submit(run)
        launched.extend(runs)
        return runs

    yield start
    for run in launched:
        launcher.stop(run)
    while any(read_status(run).active for run in launched):
        time.sleep(0.05)
    for run in launched:
        delete(run)


def row(page, title):
    """The line of a run, by its name."""
    return page.locator("[data-testid=stHorizontalBlock]").filter(has=page.get_by_role("link", name=title, exact=True)).last


def state(page, title, word):
    expect(row(page, title).locator(".runs-row")).to_contain_text(word)


def test_the_selection_outlives_ticks_a_reload_and_a_state_that_changes(page, app_url, launch):
    busy, short = launch({"steps": 1000}, {"steps": 40})
    page.goto(f"{app_url}/runs")
    for title in ("Highway-8", "Highway-14"):
        row(page, title).locator("[data-testid=stCheckbox] label").click()
    expect(page.get_by_text("2 selected")).to_be_visible()
    expect(page).to_have_url(f"{app_url}/runs?selected={busy.id}%2C{short.id}")
    state(page, "Highway-14", "finished")
    expect(row(page, "Highway-8").get_by_role("checkbox")).to_be_checked()
    expect(row(page, "Highway-14").get_by_role("checkbox")).to_be_checked()
    page.reload()
    expect(page.get_by_text("2 selected")).to_be_visible()
    expect(row(page, "Highway-14").get_by_role("checkbox")).to_be_checked()
    page.get_by_role("link", name="Open together").click()
    expect(page).to_have_url(f"{app_url}/train?runs={busy.id}%2C{short.id}")


def test_stop_takes_less_than_two_seconds_and_a_killed_run_is_lost(page, app_url, launch):
    stopped, killed = launch({"steps": 1000}, {"steps": 1000})
    page.goto(f"{app_url}/runs?show=Active")
    state(page, "Highway-8", "running")
    row(page, "Highway-8").get_by_role("button", name="Stop").click()
    begin = time.monotonic()
    while read_status(stopped).state != "stopped":
        assert time.monotonic() - begin < 2
        time.sleep(0.02)
    expect(page.get_by_role("link", name="Highway-8", exact=True)).to_have_count(0)
    os.kill(read_status(killed).pid, signal.SIGKILL)
    expect(page.get_by_role("link", name="Highway-14", exact=True)).to_have_count(0)
    page.get_by_text("Failed or lost").click()
    state(page, "Highway-14", "lost")
    expect(page.get_by_text("Its process ended without a word")).to_be_visible()
    expect(page.get_by_text("Its log ends: worker of cifar/highway-14")).to_be_visible()


def test_deleting_asks_and_keeps_asking_while_the_page_ticks(page, app_url, launch):
    _, ended = launch({"steps": 1000}, {"steps": 1})
    page.goto(f"{app_url}/runs?selected={ended.id}")
    state(page, "Highway-14", "finished")
    page.get_by_role("button", name="Delete…").click()
    question = page.get_by_text("Delete this run with all figures and weights, for good?")
    expect(question).to_be_visible()
    page.wait_for_timeout(4000)
    expect(question).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(question).to_have_count(0)
    assert ended.id not in [run.id for run in list_runs()]
    expect(page).to_have_url(f"{app_url}/runs")
    expect(page.get_by_text("Select runs to open them together")).to_be_visible()


def test_the_selected_runs_download_as_a_zip(page, app_url, launch):
    (run,) = launch({"steps": 1})
    page.goto(f"{app_url}/runs?selected={run.id}")
    state(page, "Highway-8", "finished")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == f"{run.id}.zip"
    assert Path(download.value.path()).read_bytes().startswith(b"PK")

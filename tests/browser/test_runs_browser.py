"""The Runs page in a real browser, with workers that really run."""

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from explorer.runs import queue
from explorer.runs.folder import create, list_runs
from explorer.runs.launcher import LocalLauncher
from explorer.runs.status import read_status
from explorer.runs.trash import delete, empty_trash, trashed

pytestmark = pytest.mark.browser

LONG = {"steps": 1000}

SMALL_WORKER = (sys.executable, str(Path(__file__).resolve().parents[1] / "runs" / "small_worker.py"))


@pytest.fixture
def launch(app, monkeypatch):
    """`launch(recipe, …)` starts runs of the small worker where the app sees them, as one experiment."""
    monkeypatch.setenv("EXPLORER_HOME", str(app.home))
    launched = []

    def start(*recipes, slots=4):
        launcher = LocalLauncher(slots, SMALL_WORKER)
        group = os.urandom(4).hex()
        runs = [create(f"cifar/highway-{8 + 6 * number}", recipe, 0, group=group) for number, recipe in enumerate(recipes)]
        for run in runs:
            launcher.submit(run)
        launched.extend(runs)
        return runs

    yield start
    for run in launched:
        LocalLauncher().stop(run)
    while any(read_status(run).active for run in launched):
        time.sleep(0.05)
    for run in launched:
        delete(run)
    empty_trash()


def row(page, title):
    """The line of a run, by its name."""
    return page.locator("[data-testid=stHorizontalBlock]").filter(has=page.get_by_role("link", name=title, exact=True)).last


def press(page, button, run):
    """Click one of the buttons of a run: hold, stop, or a move in the queue."""
    page.locator(f".st-key-{button}-{run.id} button:visible").click()


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
    expect(page.locator("figure.explorer-chart strong:text-is('Error')")).to_be_visible()


def test_stop_takes_less_than_two_seconds_and_a_killed_run_is_lost(page, app_url, launch):
    stopped, killed = launch({"steps": 1000}, {"steps": 1000})
    page.goto(f"{app_url}/runs?show=Active")
    state(page, "Highway-8", "running")
    press(page, "stop", stopped)
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
    expect(page.get_by_text(re.compile(r"Its log ends: \d+ threads on "))).to_be_visible()


def test_what_was_deleted_is_brought_back_after_many_ticks(page, app_url, launch):
    _, ended = launch({"steps": 1000}, {"steps": 1})
    page.goto(f"{app_url}/runs?selected={ended.id}")
    state(page, "Highway-14", "finished")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("A run was deleted. What is deleted is kept for a day.")).to_be_visible()
    expect(page.get_by_role("link", name="Highway-14", exact=True)).to_have_count(0)
    expect(page).to_have_url(f"{app_url}/runs")
    assert [one.id for one in trashed()] == [ended.id]
    page.wait_for_timeout(4000)
    page.get_by_role("button", name="Undo").click()
    state(page, "Highway-14", "finished")
    expect(page.get_by_text("A run was deleted.")).to_have_count(0)
    assert ended.id in [run.id for run in list_runs()] and trashed() == []


def test_pause_gives_the_slot_to_the_next_and_resume_takes_it_back(page, app_url, launch):
    first, second = launch(LONG, LONG, slots=1)
    page.goto(f"{app_url}/runs?show=Active")
    state(page, "Highway-8", "running")
    state(page, "Highway-14", "1st in the queue")
    press(page, "hold", first)
    began = time.monotonic()
    while read_status(first).state != "paused":
        assert time.monotonic() - began < 2
        time.sleep(0.02)
    state(page, "Highway-8", "paused")
    state(page, "Highway-14", "running")
    press(page, "hold", first)
    state(page, "Highway-8", "1st in the queue")
    press(page, "hold", second)
    state(page, "Highway-14", "paused")
    state(page, "Highway-8", "running")
    press(page, "stop", second)
    expect(page.get_by_role("link", name="Highway-14", exact=True)).to_have_count(0)


def test_the_queue_is_reordered_and_the_next_slot_goes_by_it(page, app_url, launch):
    runs = launch(LONG, LONG, LONG, LONG, slots=1)
    page.goto(f"{app_url}/runs?show=Active")
    expect(page.get_by_text("The queue: 3 runs wait for a slot, in this order")).to_be_visible()
    press(page, "first", runs[3])
    state(page, "Highway-26", "1st in the queue")
    press(page, "down", runs[1])
    state(page, "Highway-20", "2nd in the queue")
    assert queue.waiting() == [runs[i].id for i in (3, 2, 1)]
    press(page, "stop", runs[0])
    state(page, "Highway-26", "running")


def test_two_browsers_press_the_same_buttons(page, browser, app_url, launch):
    (run,) = launch({**LONG, "steps": 100_000})
    other = browser.new_page()
    for one in (page, other):
        one.goto(f"{app_url}/runs?show=Active")
        state(one, "Highway-8", "running")
    for word in ("paused", "running"):
        for one in (page, other):
            one.locator(f".st-key-hold-{run.id} button:visible").wait_for()
        press(page, "hold", run)
        state(page, "Highway-8", word)
        state(other, "Highway-8", word)
    for one in (page, other):
        one.locator(f".st-key-stop-{run.id} button:visible").click(no_wait_after=True)
    for one in (page, other):
        expect(one.get_by_text("None of the")).to_be_visible()
        expect(one.get_by_role("alert").filter(has_text="already")).to_have_count(0)
    assert read_status(run).state == "stopped"
    other.close()


def test_clone_with_changes_opens_the_form_as_the_run_was(page, app_url, launch):
    (run,) = launch({"steps": 1, "lr": 0.2, "dataset": "mnist-5k"})
    page.goto(f"{app_url}/runs?selected={run.id}")
    state(page, "Highway-8", "finished")
    assert page.get_by_role("link", name="Clone with changes").count() == 1
    page.get_by_role("link", name="Clone with changes").click()
    expect(page).to_have_url(re.compile(r"/train\?preset=own&networks=cifar%2Fhighway-8&steps=1&lr=0\.2"))
    expect(page.get_by_role("heading", name="Train")).to_be_visible()

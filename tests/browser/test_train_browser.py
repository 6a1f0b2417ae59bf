"""Training in a real browser, with real workers: watch, zoom, reload, stop."""


import pytest
from patience import PATIENCE, wait_until
from playwright.sync_api import expect

from explorer.runs.control import CONTROL
from explorer.runs.folder import open_run
from explorer.runs.status import State, read_status
from explorer.training.recipe import Recipe
from explorer.training.start import start_runs

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("runs_of_the_app")]

# Long enough never to end by itself in a test.
NETWORKS = ["cifar/plain-8?width=8", "cifar/basic-8?width=8"]
EPOCHS = 500


def chart(page, title):
    return page.locator("figure.explorer-chart", has=page.locator(f"strong:text-is('{title}')")).locator(".explorer-chart-plot")


def last_step(plot):
    """The last step of the first network's training error; 0 before there is one."""
    return plot.evaluate("plot => plot.data?.[0].x.at(-1) ?? 0")


def wait_for_step(plot, step):
    wait_until(lambda: last_step(plot) >= step)


def zoom(page, plot):
    box = plot.locator(".nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.1 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.8 * box["height"], steps=5)
    page.mouse.up()


def ranges(plot):
    return plot.evaluate("plot => [...plot.layout.xaxis.range, ...plot.layout.yaxis.range].map(value => +value.toFixed(6))")


def visible(plot):
    return plot.evaluate("plot => plot.data.map(trace => trace.visible)")


def test_zoom_hide_and_stop(page, app_url):
    runs = start_runs(NETWORKS, Recipe(epochs=EPOCHS))
    page.goto(f"{app_url}/train?runs={','.join(run.id for run in runs)}")
    error = chart(page, "Error")
    wait_for_step(error, 20)

    zoom(page, error)
    chosen = ranges(error)
    error.locator(".legendtoggle").nth(1).click()
    wait_until(lambda: visible(error)[1] == "legendonly")
    wait_for_step(error, last_step(error) + 40)
    assert ranges(error) == chosen
    assert visible(error) == [True, "legendonly", True, True]
    for title in ("Loss", "Gradient norm of each layer", "Gradient norm over training"):
        expect(chart(page, title).locator(".main-svg").first).to_be_visible(timeout=PATIENCE)

    page.get_by_role("button", name="Stop all").click()
    wait_until(lambda: all(read_status(run).state is State.STOPPED for run in runs))
    for run in runs:
        assert read_status(run).ended - (run.folder / CONTROL).stat().st_mtime < 2
    expect(page.get_by_text("2 stopped")).to_be_visible(timeout=PATIENCE)
    assert ranges(error) == chosen  # the last drawing, after the end, keeps them too


def test_reload_second_browser_and_no_browser_at_all(page, browser, app_url):
    ids = [run.id for run in start_runs(NETWORKS, Recipe(epochs=EPOCHS))]
    address = f"{app_url}/train?runs={','.join(ids)}"
    page.goto(address)
    wait_for_step(chart(page, "Error"), 20)

    seen = last_step(chart(page, "Error"))
    page.reload()
    wait_for_step(chart(page, "Error"), seen + 1)

    second = browser.new_page()
    second.set_default_timeout(PATIENCE)
    second.goto(address)
    wait_for_step(chart(second, "Error"), seen + 1)
    second.get_by_role("button", name="Pause all").click()
    expect(page.get_by_text("2 paused")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Resume all").click()
    expect(second.get_by_text("2 running")).to_be_visible(timeout=PATIENCE)

    second.close()
    page.goto("about:blank")
    runs = [open_run(run_id) for run_id in ids]
    steps = [read_status(run).step for run in runs]
    wait_until(lambda: all(read_status(run).step > step for run, step in zip(runs, steps)))

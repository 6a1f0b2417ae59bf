"""Layers through training in a real browser: one scrubber moves the profile, the heatmaps and the drawings; a film; a run that goes on."""

import pytest
from layer_runs import layer_run
from patience import PATIENCE, wait_until
from playwright.sync_api import expect

from explorer.runs.status import State
from explorer.runs.trash import delete
from explorer.runs.writer import RunWriter

pytestmark = pytest.mark.browser

PLAIN, RESIDUAL = "cifar/plain-8?width=4&channels=1", "cifar/basic-8?width=4&channels=1"
FILL = "nodes => nodes.map(node => getComputedStyle(node.querySelector('rect')).fill)"


@pytest.fixture
def made(app, page, monkeypatch):
    """Makes runs among those of the app, and takes them away again."""
    monkeypatch.setenv("EXPLORER_HOME", str(app.home))
    page.set_viewport_size({"width": 1280, "height": 1800})
    page.set_default_timeout(PATIENCE)
    runs = []

    def make(*arguments, **options):
        runs.append(layer_run(*arguments, **options))
        return runs[-1]

    yield make
    for run in runs:
        RunWriter(run.folder).status(state=State.STOPPED)
        delete(run)


def plot(page, title):
    return page.locator("figure.explorer-chart", has=page.locator(f"strong:text-is('{title}')")).locator(".explorer-chart-plot")


def wait_for(plot, condition, arg=None):
    plot.page.wait_for_function(f"([plot, arg]) => ({condition})(plot, arg)", arg=[plot.element_handle(), arg])


def test_one_scrubber_moves_all_panels(page, app_url, made):
    ids = ",".join(made(network, steps=range(0, 101, 10)).id for network in (PLAIN, RESIDUAL))
    page.goto(f"{app_url}/gradients?view=training&runs={ids}")
    profile, heatmaps = plot(page, "Gradient norm of each layer"), plot(page, "Gradient norm over training")
    first = page.locator('[id="layer:conv1"]')
    expect(first).to_have_count(2, timeout=PATIENCE)
    wait_for(profile, "plot => plot.data[0].y[0] === 10.1")
    before = first.evaluate_all(FILL)
    assert before[0] == before[1]

    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    page.wait_for_url(lambda url: "step=0" in url)
    wait_for(profile, "plot => plot.data.every(trace => trace.y[0] === 0.1)")
    wait_for(heatmaps, "plot => plot.layout.shapes.length === 2 && plot.layout.shapes.every(line => line.x0 === 0)")
    wait_until(lambda: first.evaluate_all(FILL)[0] != before[0])
    after = first.evaluate_all(FILL)
    assert after[0] == after[1]

    page.reload()
    expect(first).to_have_count(2, timeout=PATIENCE)
    wait_for(profile, "plot => plot.data[0].y[0] === 0.1")
    wait_until(lambda: first.evaluate_all(FILL) == after)


def test_a_film_runs_to_the_last_step(page, app_url, made):
    page.goto(f"{app_url}/gradients?view=training&runs={made(PLAIN).id}")
    profile = plot(page, "Gradient norm of each layer")
    wait_for(profile, "plot => plot.data[0].y[0] === 2.1")
    profile.evaluate("plot => { window.seen = []; plot.on('plotly_afterplot', () => window.seen.push(plot.data[0].y[0])); }")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("seen.includes(0.1) && seen.includes(1.1) && seen.lastIndexOf(1.1) > seen.indexOf(0.1) && seen.at(-1) === 2.1")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert "step=" not in page.url


def test_a_film_goes_on_when_something_else_is_pressed(page, app_url, made):
    page.goto(f"{app_url}/gradients?view=training&runs={made(PLAIN, steps=range(0, 401, 10)).id}&step=0")
    wait_for(plot(page, "Gradient norm of each layer"), "plot => plot.data[0].y[0] === 0.1")
    page.get_by_role("button", name="Play").click()
    wait_for(plot(page, "Gradient norm of each layer"), "plot => plot.data[0].y[0] > 2")
    page.get_by_text("Dead share", exact=True).click()
    page.wait_for_url(lambda url: "quantity=dead" in url)
    expect(plot(page, "Dead ReLU share of each layer")).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert "step=0" in page.url  # where the film began
    page.get_by_role("button", name="Pause").click()
    page.wait_for_url(lambda url: "step=" in url and "step=0" not in url)
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_run_in_progress_is_followed(page, app_url, made):
    run = made(PLAIN, steps=(0, 10), state=State.RUNNING)
    page.goto(f"{app_url}/gradients?view=training&runs={run.id}")
    heatmaps = plot(page, "Gradient norm over training")
    wait_for(heatmaps, "plot => plot.data[0].x.length === 2")
    row = {"grad_norm": [1.0] * 8, "update_ratio": [1.0] * 8, "activation_std": [1.0] * 7, "dead_share": [0.0] * 7}
    RunWriter(run.folder).layers({"step": 20} | row)
    wait_for(heatmaps, "plot => plot.data[0].x.length === 3")

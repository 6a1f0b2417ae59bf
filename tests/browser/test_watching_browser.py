"""Watching in a real browser: bands, axes, the scrubber, links, and a zoom that stays while runs go on."""

import re
import threading

import pytest
from fake_runs import fake_run, write_steps
from playwright.sync_api import expect

from explorer.runs.status import State
from explorer.runs.writer import RunWriter

pytestmark = pytest.mark.browser

PLAIN, RESIDUAL = "cifar/plain-20?width=8&channels=1", "cifar/basic-20?width=8&channels=1"


@pytest.fixture(autouse=True)
def runs_of_the_app(app, page, monkeypatch):
    monkeypatch.setenv("EXPLORER_HOME", str(app.home))
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.set_default_timeout(60_000)


@pytest.fixture
def watch(page, app_url):
    """`watch(runs, "x=time")`: the Train page with these runs, once its first chart is drawn."""

    def open_runs(runs, query=""):
        page.goto(f"{app_url}/train?runs={','.join(run.id for run in runs)}&{query}")
        expect(plot(page, "Error").locator(".trace").first).to_be_visible(timeout=60_000)

    return open_runs


def plot(page, title):
    return page.locator("figure.explorer-chart", has=page.locator(f"strong:text-is('{title}')")).locator(".explorer-chart-plot")


def note(page, title):
    return page.locator("figure.explorer-chart", has=page.locator(f"strong:text-is('{title}')")).locator("figcaption span").first


def wait_for(plot, condition, arg=None):
    """Until the JavaScript `condition`, of the plot and an argument, holds."""
    handle = plot.element_handle()
    plot.page.wait_for_function(f"([plot, arg]) => ({condition})(plot, arg)", arg=[handle, arg])


def three_seeds():
    return [fake_run(network, seed) for network in (PLAIN, RESIDUAL) for seed in range(3)]


def test_seed_bands_are_seen_and_can_be_taken_apart(page, watch):
    watch(three_seeds())
    error = plot(page, "Error")
    wait_for(error, "plot => plot.data.filter(trace => trace.fill === 'tonexty').length === 4")
    assert error.locator("path.js-fill").evaluate_all("paths => paths.filter(path => path.getBoundingClientRect().height > 2).length") >= 4
    expect(error.locator(".legendtext", has_text="Plain-20 validation, n = 3")).to_be_visible()
    expect(note(page, "Error")).to_contain_text("band: least to greatest of the seeds")
    expect(note(page, "Gradient norm over training")).to_contain_text("of several seeds the first one that was measured")
    page.get_by_role("radio", name="each run").click()
    wait_for(error, "plot => plot.data.length === 12")
    expect(page).to_have_url(re.compile("band=each"))


def test_the_x_axis_is_switched_and_the_link_shows_the_same(page, browser, watch):
    watch([fake_run(PLAIN)])
    error = plot(page, "Error")
    page.get_by_role("radio", name="time", exact=True).click()
    wait_for(error, "plot => plot.layout.xaxis.title.text === 'training time (s)'")
    expect(page).to_have_url(re.compile("x=time"))
    assert error.evaluate("plot => plot.data[0].x.at(-1)") == 10
    other = browser.new_context(viewport={"width": 1280, "height": 1600}).new_page()
    other.goto(page.url)
    assert look(other, "Error") == look(page, "Error")
    other.context.close()


def test_back_undoes_a_log_axis_and_its_zoom_stays_on_the_same_values(page, watch):
    watch([fake_run(PLAIN)])
    error = plot(page, "Error")
    for letter in ("x", "y"):
        page.get_by_role("button", name=f"Logarithmic {letter} axis").first.click()
        wait_for(error, "(plot, letter) => plot.layout[`${letter}axis`].type === 'log'", letter)
        expect(page).to_have_url(re.compile(f"log=error(:|%3A)x?{letter}"))
    error.focus()
    page.keyboard.press("+")
    wait_for(error, "plot => plot.layout.yaxis.autorange === false")
    zoomed = error.evaluate("plot => [...plot.layout.yaxis.range]")
    page.go_back()
    wait_for(error, "plot => plot.layout.yaxis.type === 'linear' && plot.layout.xaxis.type === 'log'")
    assert error.evaluate("plot => plot.layout.yaxis.range.map(Math.log10)") == pytest.approx(zoomed)
    page.go_back()
    wait_for(error, "plot => plot.layout.xaxis.type === 'linear'")
    assert "log=" not in page.url
    page.go_forward()
    wait_for(error, "plot => plot.layout.xaxis.type === 'log'")


def test_one_scrubber_moves_the_profile_and_every_heatmap(page, watch):
    watch([fake_run(PLAIN), fake_run(RESIDUAL)])
    expect(note(page, "Gradient norm of each layer")).to_contain_text("latest measured step (200)")
    thumb = page.get_by_role("slider", name="Step")
    thumb.focus()
    page.keyboard.press("Home")
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    expect(note(page, "Gradient norm of each layer")).to_contain_text("at step 20")
    wait_for(plot(page, "Gradient norm over training"), "plot => plot.layout.shapes.length === 2 && plot.layout.shapes.every(line => line.x0 === 20)")
    wait_for(plot(page, "Gradient norm of each layer"), "plot => plot.data[0].y[0] === 0.2")
    expect(page).to_have_url(re.compile("at=20"))


def test_a_link_restores_the_view(page, browser, watch):
    watch(three_seeds(), "x=epoch&band=mean,+sd&smooth=0.5&of=dead+share&at=100&target=30&charts=error,+loss&charts=layers&charts=time+to+error")
    error = plot(page, "Error")
    page.get_by_role("button", name="Logarithmic x axis").first.click()
    page.get_by_role("button", name="Logarithmic y axis").first.click()
    expect(page).to_have_url(re.compile("log=error(:|%3A)xy"))
    wait_for(error, "plot => plot.layout.xaxis.type === 'log' && plot.layout.yaxis.type === 'log'")
    other = browser.new_context(viewport={"width": 1280, "height": 1600}).new_page()
    other.goto(page.url)
    seen = [
        (look(page, title), look(other, title)) for title in ("Error", "Loss", "Dead ReLU share of each layer", "Dead ReLU share over training")
    ]
    expect(other.get_by_text("Time to 30.0% error")).to_be_visible()
    other.context.close()
    for here, there in seen:
        assert here == there
    assert seen[0][0]["x"] == ["epoch", "log"] and "± one standard deviation" in seen[0][0]["note"]
    assert seen[1][0]["x"] == ["epoch", "linear"]
    assert len(seen[3][0]["lines"]) == 2


def look(page, title):
    drawn = plot(page, title)
    expect(drawn.locator(".main-svg").first).to_be_visible()
    return drawn.evaluate(
        """plot => ({x: [plot.layout.xaxis.title.text, plot.layout.xaxis.type ?? 'linear'], y: plot.layout.yaxis.type ?? 'linear',
                     names: plot.data.map(trace => trace.name), lines: (plot.layout.shapes ?? []).map(line => line.x0),
                     values: JSON.stringify(plot.data.map(trace => [trace.x, trace.y, trace.z]))})"""
    ) | {"note": note(page, title).text_content()}


def test_a_zoom_stays_while_the_run_goes_on(page, watch):
    run = fake_run(PLAIN, steps=100, total=2000, state=None)
    writer = RunWriter(run.folder)
    writer.status(state=State.RUNNING, step=100, total_steps=2000)
    ended = threading.Event()
    step = 100

    def go_on():
        nonlocal step
        while not ended.wait(0.3):
            step += 10
            write_steps(writer, [step])
            writer.status(step=step)

    training = threading.Thread(target=go_on)
    training.start()
    try:
        watch([run])
        error = plot(page, "Error")
        error.focus()
        page.keyboard.press("+")
        wait_for(error, "plot => plot.layout.xaxis.autorange === false")
        zoomed = error.evaluate("plot => [...plot.layout.xaxis.range, ...plot.layout.yaxis.range]")
        seen = error.evaluate("plot => plot.data[0].x.at(-1)")
        wait_for(error, "(plot, seen) => plot.data[0].x.at(-1) >= seen + 30", seen)
        assert error.evaluate("plot => [...plot.layout.xaxis.range, ...plot.layout.yaxis.range]") == zoomed
        # Another x axis is another chart.
        page.get_by_role("radio", name="epoch", exact=True).click()
        wait_for(error, "plot => plot.layout.xaxis.title.text === 'epoch' && plot.layout.xaxis.autorange === true")
    finally:
        ended.set()
        training.join()
        writer.status(state=State.FINISHED)


def test_buttons_that_are_icons_have_the_name_of_their_run(page, watch):
    runs = [fake_run(network, steps=100, total=2000, state=None) for network in (PLAIN, RESIDUAL)]
    for run in runs:
        RunWriter(run.folder).status(state=State.RUNNING, step=100, total_steps=2000)
    try:
        watch(runs)
        for run, name in zip(runs, ("Plain-20", "Residual-20")):
            for key, wish in (("hold", "Pause"), ("stop", "Stop")):
                button = page.get_by_role("button", name=f"{wish} {name}").filter(visible=True)
                expect(button).to_have_count(1)
                assert button.bounding_box()["width"] < 40
                expect(page.locator(f".st-key-{key}-{run.id} [data-testid=stIconMaterial]:visible")).to_have_count(1)
    finally:
        for run in runs:
            RunWriter(run.folder).status(state=State.FINISHED)


def test_one_hover_tells_of_all_runs(page, watch):
    watch([fake_run(PLAIN), fake_run(RESIDUAL)])
    box = plot(page, "Error").locator(".nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    label = plot(page, "Error").locator(".hoverlayer")
    for name in ("Plain-20 training", "Residual-20 training", "Residual-20 validation"):
        expect(label).to_contain_text(name)


def test_a_chart_is_saved_as_a_drawing(page, watch):
    watch([fake_run(PLAIN)])
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the drawing").first.click()
    assert download.value.suggested_filename == "error.svg"
    text = download.value.path().read_text()
    assert text.startswith("<svg") and "error (%)" in text and "Plain-20 training" in text

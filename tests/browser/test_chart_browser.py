"""The chart component in a real browser: what the reader set outlives the ticks."""

import csv

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def plot(page, serve):
    page.goto(serve("ticking_chart.py"))
    plot = page.locator(".explorer-chart-plot")
    expect(plot.locator(".trace").first).to_be_visible()
    return plot


def x_range(plot):
    return [round(value, 6) for value in plot.evaluate("plot => plot.layout.xaxis.range")]


def shown(plot):
    return plot.evaluate("plot => Object.fromEntries(plot.data.map(trace => [trace.name, trace.visible]))")


def points(plot):
    return plot.evaluate("plot => plot.data.at(-1).x.length")


def wait_for_ticks(page, plot, ticks=2):
    """Until the data has grown by as much as it does in `ticks` seconds."""
    target = points(plot) + 10 * ticks - 1
    page.wait_for_function("target => document.querySelector('.explorer-chart-plot').data.at(-1).x.length >= target", arg=target)


def drag(page, plot, start, end):
    """Drag between two places given as shares of the plotting area."""
    box = plot.locator(".nsewdrag").first.bounding_box()
    at = lambda place: (box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"])  # noqa: E731
    page.mouse.move(*at(start))
    page.mouse.down()
    page.mouse.move(*at(end), steps=5)


def test_zoom_hidden_trace_and_log_scale_outlive_ticks(page, plot):
    drag(page, plot, (0.2, 0.2), (0.6, 0.8))
    page.mouse.up()
    page.wait_for_function("document.querySelector('.explorer-chart-plot')?.layout?.xaxis?.autorange === false")
    zoomed = x_range(plot)
    plot.locator(".legendtoggle").first.click()
    page.wait_for_function("document.querySelector('.explorer-chart-plot').data.some(trace => trace.visible === 'legendonly')")
    hidden = [name for name, visible in shown(plot).items() if visible == "legendonly"]
    page.get_by_role("button", name="Logarithmic y axis").click()
    wait_for_ticks(page, plot, 3)
    page.wait_for_function("document.querySelector('.explorer-chart-plot').data.length === 3")
    assert x_range(plot) == zoomed
    assert [name for name, visible in shown(plot).items() if visible == "legendonly"] == hidden
    assert plot.evaluate("plot => plot.layout.yaxis.type") == "log"
    expect(page.get_by_role("button", name="Logarithmic y axis")).to_have_attribute("aria-pressed", "true")


def test_pan_outlives_ticks_and_reset_ends_it(page, plot):
    page.get_by_role("button", name="Drag moves the chart").click()
    expect(page.get_by_role("button", name="Drag moves the chart")).to_have_attribute("aria-pressed", "true")
    drag(page, plot, (0.5, 0.5), (0.3, 0.5))
    page.mouse.up()
    page.wait_for_function("document.querySelector('.explorer-chart-plot')?.layout?.xaxis?.autorange === false")
    panned = x_range(plot)
    wait_for_ticks(page, plot)
    assert x_range(plot) == panned
    page.get_by_role("button", name="Show everything again").click()
    page.wait_for_function("document.querySelector('.explorer-chart-plot')?.layout?.xaxis?.autorange === true")
    wait_for_ticks(page, plot)
    assert x_range(plot)[1] == points(plot) - 1


def test_a_tick_waits_for_the_end_of_a_drag(page, plot):
    drag(page, plot, (0.2, 0.2), (0.6, 0.8))
    before = points(plot)  # a tick may still have come between the look at the plot and the press of the button
    # The caption below the chart comes with its ticks, and shows that two have come.
    caption = "Number.parseInt([...document.querySelectorAll('[data-testid=stCaptionContainer]')].at(-1).textContent)"
    page.wait_for_function(f"target => {caption} >= target", arg=before + 20)
    assert points(plot) == before
    expect(plot.locator(".zoombox")).to_have_count(1)
    page.mouse.up()
    page.wait_for_function("before => document.querySelector('.explorer-chart-plot').data.at(-1).x.length > before", arg=before)
    assert plot.evaluate("plot => plot.layout.xaxis.autorange") is False


def test_the_keyboard_moves_and_zooms(page, plot):
    plot.focus()
    page.keyboard.press("+")
    page.wait_for_function("document.querySelector('.explorer-chart-plot')?.layout?.xaxis?.autorange === false")
    low, high = x_range(plot)
    page.keyboard.press("ArrowRight")
    page.wait_for_function("low => document.querySelector('.explorer-chart-plot').layout.xaxis.range[0] > low", arg=low)
    moved = x_range(plot)
    assert moved == pytest.approx([low + 0.1 * (high - low), high + 0.1 * (high - low)], abs=1e-5)
    wait_for_ticks(page, plot)
    assert x_range(plot) == moved
    page.keyboard.press("0")
    page.wait_for_function("document.querySelector('.explorer-chart-plot')?.layout?.xaxis?.autorange === true")


def test_another_view_starts_unzoomed(page, plot):
    plot.focus()
    page.keyboard.press("+")
    page.wait_for_function("document.querySelector('.explorer-chart-plot')?.layout?.xaxis?.autorange === false")
    page.get_by_label("Shows").fill("another network")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.explorer-chart-plot')?.layout?.xaxis?.autorange === true")


def test_a_chart_whose_script_does_not_load_says_so(page, serve):
    page.route("**/plotly.min.js*", lambda route: route.abort())
    page.goto(serve("ticking_chart.py"))
    expect(page.locator(".explorer-chart-plot")).to_contain_text("did not load. Reload the page")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the data").click()
    assert download.value.suggested_filename == "error.csv"


def test_downloads_hold_the_data_and_the_picture(page, plot, tmp_path):
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the data").click()
    assert download.value.suggested_filename == "error.csv"
    with open(download.value.path(), newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["series", "step", "%"]
    assert ["plain", "0", "100"] in rows
    assert len(rows) - 1 >= 40
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the picture").click()
    assert download.value.suggested_filename == "error.png"
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_the_data_of_a_surface_bear_the_titles_of_its_scene(plot):
    head, first = plot.evaluate("""async () => {
        const { csv } = await import("/_stcore/bidi-components/explorer.chart/chart/data.js");
        const axis = (text) => ({ title: { text } });
        const layout = { scene2: { xaxis: axis("first"), yaxis: axis("second") }, coloraxis: { colorbar: axis("loss") } };
        const surface = { type: "surface", scene: "scene2", name: "net", x: [-1, 1], y: [-2, 2], z: [[3, "NaN"], [5, 6]] };
        return csv({ data: [surface], layout }).split("\\r\\n");
    }""")[:2]
    assert (head, first) == ("series,first,second,loss", "net,-1,-2,3")

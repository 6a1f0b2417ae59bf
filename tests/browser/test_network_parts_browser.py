"""The network view's scripts by themselves in a real browser, where a moment can be chosen that an app passes in no time."""

import json
from functools import cache
from pathlib import Path

import pytest

import explorer.ui
from explorer.anatomy.of import anatomy_of
from explorer.figures.graph import graph_json
from explorer.figures.overlay_colours import Scale
from explorer.networks.spec import parse_spec

pytestmark = pytest.mark.browser

FRONTEND = Path(explorer.ui.__file__).parent / "frontend"
ADDRESS = "http://parts.test"

SAID = {"detail": "folded", "toggled": "", "select": "", "colour": "kind", "step": "", "find": ""}

# Runs in the page: `show(network, news)` tells the view as Streamlit does, `drawn()` waits until a drawing stands.
MOUNT = """
async ([graphs, said]) => {
  const { default: view } = await import("/network/view.js");
  const more = { said, overlays: "[]", marks: "null", heard: 0, link: "", flow: "auto", heights: [300, 620], label: "Network" };
  const root = document.querySelector(".view");
  window.reports = [];
  const setTriggerValue = (name, report) => reports.push(report);
  window.show = (network, news = {}) => view({ data: { ...more, graph: graphs[network], ...news }, parentElement: document, setTriggerValue });
  window.drawn = async () => {
    const start = performance.now();
    while (!root.querySelector("g.node")) {
      await new Promise(requestAnimationFrame);
      if (performance.now() - start > 20_000) throw Error("no drawing came");
    }
  };
}
"""


@cache
def graph(network):
    return graph_json(anatomy_of(parse_spec(network)))


@pytest.fixture
def parts(page):
    """The page with `view.html` and its style, whose scripts can be imported; nothing is shown yet."""
    html = (FRONTEND / "network" / "view.html").read_text(encoding="utf-8")
    types = {".js": "text/javascript", ".css": "text/css"}

    def serve(route):
        file = FRONTEND / route.request.url.removeprefix(f"{ADDRESS}/")
        if file.is_file():
            route.fulfill(path=file, content_type=types[file.suffix])
        else:
            style = '<link rel="stylesheet" href="/network/view.css">'
            route.fulfill(body=f"<!doctype html>{style}{html}", content_type="text/html")

    page.emulate_media(reduced_motion="reduce")
    page.route(f"{ADDRESS}/**", serve)
    page.goto(ADDRESS)
    return page


@pytest.fixture
def mounted(parts):
    """The same with `show(network, news)` for two networks, the first of which is shown."""
    parts.evaluate(MOUNT, [{name: graph(f"cifar/{name}") for name in ("basic-20", "plain-56")}, SAID])
    parts.evaluate("async () => { show('basic-20'); await drawn(); }")
    return parts


# --- Another network -----------------------------------------------------------------------------------------------------


def test_nothing_can_be_done_to_the_old_drawing_once_another_network_is_on_its_way(mounted):
    node = mounted.locator('[id="layer:layer3.2.conv2"], [id="layer:layer3.0.conv2"]').first.bounding_box()
    at = {"clientX": node["x"] + node["width"] / 2, "clientY": node["y"] + node["height"] / 2, "bubbles": True}
    left = mounted.evaluate("""at => {
        show("plain-56");
        const canvas = document.querySelector(".canvas");
        for (const kind of ["pointermove", "click", "dblclick"]) canvas.dispatchEvent(new PointerEvent(kind, at));
        show("plain-56", { heard: 0, marks: '{"layers": {}}' });
        return document.querySelectorAll("g.node").length;
    }""", at)
    assert left == 0
    mounted.evaluate("drawn()")
    mounted.wait_for_timeout(400)  # longer than a report waits
    assert mounted.evaluate("reports") == []
    assert mounted.locator("g.node.marked").count() == 0


def test_a_level_chosen_while_another_network_is_on_its_way_is_obeyed_and_the_drawing_fitted(mounted):
    mounted.evaluate("for (let i = 0; i < 8; i += 1) document.querySelector('[data-act=in]').click()")
    mounted.evaluate("""async said => {
        show("plain-56", { said });
        document.querySelector("[data-detail=stages]").click();
        await drawn();
    }""", SAID | {"select": "conv1"})
    assert mounted.locator("g.node").count() == 5
    assert mounted.locator("[data-detail=stages]").get_attribute("aria-checked") == "true"
    view = mounted.locator("div.stage").bounding_box()
    for box in (node.bounding_box() for node in mounted.locator("g.node").all()):
        assert view["x"] <= box["x"] and box["x"] + box["width"] <= view["x"] + view["width"]
        assert view["y"] <= box["y"] and box["y"] + box["height"] <= view["y"] + view["height"]


def test_a_playing_overlay_stops_when_another_network_comes(mounted):
    network = json.loads(graph("cifar/basic-20"))
    values = [[step] * len(network["layers"]) for step in range(5)]
    overlay = {"id": "x", "label": "X", "unit": "", "how": "mean", "scale": "linear", "note": "", "steps": [0, 1, 2, 3, 4], "values": values}
    told = {"said": SAID | {"colour": "x", "step": "0"}, "overlays": json.dumps([overlay])}
    mounted.evaluate("told => show('basic-20', told)", told)
    play = mounted.locator("[data-act=play]")
    play.click()
    assert play.inner_text() == "❚❚"
    left = mounted.evaluate("""() => {
        show("plain-56");
        const slider = document.querySelector(".steps input");
        slider.value = 2;
        slider.dispatchEvent(new Event("input"));
        return document.querySelector("[data-act=play]").textContent;
    }""")
    assert left == "▶"
    mounted.evaluate("drawn()")


def test_a_layout_that_fails_says_so_and_another_level_may_do(mounted):
    mounted.evaluate("said => show('basic-20', { said })", SAID | {"detail": "no such level"})
    mounted.get_by_role("alert").wait_for()
    assert mounted.locator(".busy").is_hidden()
    mounted.locator("[data-detail=stages]").click()
    mounted.locator('g.node[id="group:layer2"]').wait_for()
    assert mounted.get_by_role("alert").is_hidden()


def test_a_style_sheet_that_never_comes_holds_up_no_drawing(parts):
    parts.route("**/never.css", lambda route: None)
    waited = parts.evaluate("""async () => {
        const { dressed } = await import("/network/measure.js");
        const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/never.css" });
        document.body.append(link);
        const late = new Promise((done) => setTimeout(done, 10_000, "too long"));
        return Promise.race([dressed(document.querySelector(".view")).then(() => "a little"), late]);
    }""")
    assert waited == "a little"


# --- Moving --------------------------------------------------------------------------------------------------------------

CAMERAS = """
async (heights) => {
  const { Camera } = await import("/network/camera.js");
  const cameras = heights.map((height) => {
    const canvas = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const scene = canvas.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "g"));
    canvas.style.cssText = "display: block; width: 400px; height: 300px";
    document.body.replaceChildren(...document.body.querySelectorAll("svg.tested"), canvas);
    canvas.classList.add("tested");
    const camera = new Camera(canvas, [scene], new AbortController().signal);
    camera.size = [300, height];
    camera.measure();
    return camera;
  });
  for (const one of cameras) one.peers = () => cameras.filter((other) => other !== one);
  window.cameras = cameras;
  window.places = () => cameras.map(({ x, y }) => [x, y]);
}
"""


def test_linked_drawings_of_different_heights_keep_in_step_on_a_long_way_there_and_back(parts):
    parts.evaluate(CAMERAS, [3000, 1000])
    before = parts.evaluate("places()")
    there = parts.evaluate("cameras[0].move(0, -2500), places()")
    assert there == [[x, y - 2500] for x, y in before]
    assert parts.evaluate("cameras[0].move(0, 2500), places()") == before
    far = parts.evaluate("cameras[1].move(0, -9000), places()")
    assert far[0][1] == far[1][1] == 48 - 3000  # the taller one stays in sight
    parts.evaluate("cameras[1].zoom(0.5, 0, 0)")
    assert parts.evaluate("cameras[0].y === cameras[1].y")


def test_a_drag_ends_where_its_button_was_let_go_outside(parts):
    parts.evaluate(CAMERAS, [1000])
    places = parts.evaluate("""() => {
        const [{ canvas }] = cameras;
        canvas.setPointerCapture = () => {};
        const send = (kind, x, buttons) => canvas.dispatchEvent(new PointerEvent(kind, { pointerId: 1, clientX: x, clientY: 50, buttons }));
        send("pointerdown", 380, 1);
        send("pointermove", 360, 1);
        const dragged = places();
        send("pointermove", 200, 0);
        send("pointermove", 100, 0);
        return [dragged, places(), canvas.classList.contains("dragging")];
    }""")
    assert places == [[[-20, 0]], [[-20, 0]], False]


# --- Colours -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", ["log", "linear"])
@pytest.mark.parametrize("values", [[0, 0, 0], [7, 7, 7], [0, 7], [0, 1, 10, 100], [8, 10], [2, 10], [-3, 0, 10]])
def test_a_value_has_the_same_share_on_screen_and_on_paper(parts, values, scale):
    shares, is_log, fills = parts.evaluate("""async ([values, scale]) => {
        const { OverlayColours } = await import("/network/overlay.js");
        const nodes = values.map((_, i) => ({ node: { layers: [i] } }));
        const colours = new OverlayColours({ how: "sum", scale, values }, { nodes });
        return [values.map((value) => colours.scale.share(value)), colours.scale.isLog, nodes.map((node) => colours.of(node).fill)];
    }""", [values, scale])
    paper = Scale(values, scale)
    assert shares == pytest.approx([paper.share(value) for value in values])
    assert is_log == paper.is_log
    assert all(fill.startswith("#") for fill in fills)


@pytest.mark.parametrize(("values", "words"), [
    ([1e-4, 0.001, 0.01], ["1e-4", "1e-3", "1e-2"]), ([0, 5e-4, 0.001], ["0", "5e-4", "1e-3"]), ([0.001, 1, 1000], ["0.001", "1", "1k"]),
])  # fmt: skip
def test_the_ticks_of_a_legend_are_in_one_notation(parts, values, words):
    assert parts.evaluate('values => import("/network/overlay.js").then(({ alike }) => alike(values))', values) == words


def test_lines_of_another_quantity_have_a_scale_of_their_own(parts):
    found = parts.evaluate("""async () => {
        const { OverlayColours } = await import("/network/overlay.js");
        const drawing = { nodes: [{ node: { layers: [0] } }, { node: { layers: [1] } }], lines: [{ edges: [0, 1] }, { edges: [2] }, { edges: [3] }] };
        const overlay = { how: "max", scale: "linear", values: [0.2, 0.4], edges: [1e-4, 1e-2, 1, null], range: [0, 1] };
        const widths = (more) => {
            const colours = new OverlayColours({ ...overlay, ...more }, drawing);
            return [colours.scale.range, colours.lineScale.range, drawing.lines.map((line) => colours.line(line)?.width ?? null)];
        };
        return [widths({}), widths({ edge_label: "gradient" }), widths({ edge_label: "gradient", edge_range: [1e-6, 1] })];
    }""")
    at = lambda share: 1 + 4.5 * round(24 * share) / 24  # noqa: E731
    assert found[0] == [[0, 1], [0, 1], [at(0.01), at(1), None]]
    assert found[1] == [[0, 1], [1e-2, 1], [at(0), at(1), None]]  # the largest of a line's edges counts
    assert found[2] == [[0, 1], [1e-6, 1], [at(4 / 6), at(1), None]]


@pytest.mark.parametrize(("path", "seen"), [
    ("M10 10V90", "M10 10L10 90"),
    ("M10 -500V500", "M10 0L10 100"),
    ("M10 50L10 300Q10 307 17 307L400 307V50", "M10 50L10 100"),  # out of sight at the bottom, and for good
    ("M10 50V300H60V50", "M10 50L10 100M60 100L60 50"),
    ("M-50 50C-20 50 20 50 50 50H500", "M-50 50C-20 50 20 50 50 50L100 50"),
    ("M-50 -50L200 200", "M-50 -50L200 200"),  # what is not straight along an axis is not cut
    ("M500 500H600", ""),
])  # fmt: skip
def test_only_what_is_in_sight_of_a_line_is_kept(parts, path, seen):
    kept = """async path => {
        const { clipped } = await import("/network/clip.js");
        return clipped({ path, x: -500, y: -500, w: 1200, h: 1200 }, [0, 0, 100, 100]);
    }"""
    assert parts.evaluate(kept, path) == seen

"""What comes back along the lines of a network's drawing, in a real browser: colours, widths, motion, and taking it away."""

import csv
import math
import re
import xml.etree.ElementTree as ElementTree

import pytest
from network_reading import item, press
from playwright.sync_api import expect

from explorer.anatomy.of import anatomy_of
from explorer.figures.graph import graph_json
from explorer.figures.overlay_colours import colour_at
from explorer.networks.spec import parse_spec

pytestmark = pytest.mark.browser

LEVELS = 24
FLOW = "networks=cifar/basic-20&overlays=1&colour=flow&detail=layers&range=1"
SCRIPTS = "/_stcore/bidi-components/explorer.network_view/network"
SVG = "{http://www.w3.org/2000/svg}"


def currents(step):
    """The values of network_page.py for every edge, but for the first, which has none."""
    edges = anatomy_of(parse_spec("cifar/basic-20")).edges
    return [(edge, 10.0 ** (-i * (step + 1) * 2 / len(edges))) for i, edge in enumerate(edges)][1:]


def level(value):
    """Where it lies between 1e-6 and 1, in as many steps as the drawing makes."""
    return math.floor((math.log10(value) + 6) / 6 * LEVELS + 0.5)


def flows(page):
    """Name, colour and width of every coloured path."""
    found = page.locator("path.flow:not(.head)").evaluate_all(
        "all => all.map(one => [one.getAttribute('class'), getComputedStyle(one).stroke, getComputedStyle(one).strokeWidth])")
    return {name.removeprefix("flow "): (stroke, float(width.removesuffix("px"))) for name, stroke, width in found}


def test_lines_are_coloured_and_wide_by_their_values_on_the_scale_that_was_given(open_view):
    page = open_view(f"{FLOW}&step=0")
    page.get_by_role("button", name="Fit the whole network").click()
    expect(page.locator("path.head.flow").first).to_be_attached()
    wanted = {f"level-{level(value)} {'shortcut' if edge.kind == 'shortcut' else 'plain'}": level(value) for edge, value in currents(0)}
    found = flows(page)
    assert set(found) == set(wanted) and any(name.endswith("shortcut") for name in found)
    for name, (stroke, width) in found.items():
        rgb = [int(colour_at(wanted[name] / LEVELS)[at : at + 2], 16) for at in (1, 3, 5)]
        assert list(map(int, re.findall(r"\d+", stroke))) == pytest.approx(rgb, abs=1)
        assert width == pytest.approx(1 + 4.5 * wanted[name] / LEVELS, rel=0.3)  # a little wider where seen from far
    assert page.locator(".tick").all_inner_texts() == ["1e-6", "1e-4", "1e-2", "1e0"]
    expect(page.locator("path.line.plain")).to_have_count(1)  # the one line without a value, as ever
    page.get_by_role("slider").fill("1")
    expect(page.locator("path.flow.no-number").first).to_be_attached()
    expect(page.locator(".legend")).to_contain_text("1 not a number")


def test_a_line_of_a_fold_or_a_closed_stage_stands_for_the_edges_of_all_its_blocks(open_view):
    page = open_view("networks=cifar/basic-56")
    anatomy = anatomy_of(parse_spec("cifar/basic-56"))
    lines = page.evaluate("""async ([scripts, data]) => {
        const { Graph } = await import(`${scripts}/graph.js`);
        const graph = new Graph(JSON.parse(data));
        const at = (level) => { const open = graph.opened(level); return graph.scene((id) => open.has(id)).lines; };
        return [at("folded"), at("stages"), at("layers")];
    }""", [SCRIPTS, graph_json(anatomy)])
    folded, stages, layers = ({(line["source"], line["target"]): line["edges"] for line in one} for one in lines)
    ends = lambda places: {(anatomy.edges[place].source, anatomy.edges[place].target) for place in places}  # noqa: E731
    first = ("layer:conv1", "layer:layer1.0.conv1")
    before = ["relu", *(f"layer1.{block}.relu2" for block in range(8))]
    assert ends(folded[first]) == {(source, f"layer1.{block}.conv1") for block, source in enumerate(before)}
    assert ends(folded["layer:conv1", "layer:layer1.0.add"]) == {(source, f"layer1.{block}.add") for block, source in enumerate(before)}
    leaving = {(edge.source, edge.target) for edge in anatomy.edges if edge.source == "layer1.8.relu2"}
    assert len(leaving) == 2 and ends(stages["group:layer1", "group:layer2"]) == leaving
    assert sorted(place for places in layers.values() for place in places) == list(range(len(anatomy.edges)))


def test_it_flows_from_the_output_to_the_input_until_the_reader_stops_it(open_view, page):
    open_view(FLOW)
    pulse, button = page.locator("path.pulse").first, page.locator("[data-act=flow]")
    expect(button).to_have_text(re.compile("Let it flow"))  # the fixture's system asks for stillness
    assert not pulse.is_visible()
    page.emulate_media(reduced_motion="no-preference")
    expect(button).to_have_text(re.compile("Stop the flow"))
    # A larger offset moves dashes towards the beginning of their path, which is the line's source.
    offsets = pulse.evaluate("""one => new Promise(done => {
        const [seen, start] = [[], performance.now()];
        const look = () => {
            seen.push(parseFloat(getComputedStyle(one).strokeDashoffset));
            performance.now() - start > 600 ? done(seen) : requestAnimationFrame(look);
        };
        look();
    })""")
    rising = [after - before for before, after in zip(offsets, offsets[1:]) if after != before]
    assert len(rising) > 1 and sum(step > 0 for step in rising) >= len(rising) - 1  # it begins anew at most once
    press(page, "f")
    expect(button).to_have_text(re.compile("Let it flow"))
    assert not pulse.is_visible()
    page.get_by_label("Colour by").select_option("MACs")
    expect(button).to_be_hidden()
    expect(page.locator("path.flow, path.pulse, path.casing")).to_have_count(0)


def test_what_is_out_of_sight_rests(open_view, page):
    page.emulate_media(reduced_motion="no-preference")
    open_view(FLOW)
    button = page.get_by_role("button", name="Stop the flow", exact=True)  # without its sign
    moving = page.locator(".view.flowing")
    expect(button).to_be_visible()
    expect(moving).to_have_count(1)
    page.locator(".view").evaluate("one => { one.style.marginTop = '5000px'; }")
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop = 0")
    expect(moving).to_have_count(0)
    page.locator(".view").evaluate("one => { one.style.marginTop = ''; }")
    expect(moving).to_have_count(1)


def test_the_card_tells_what_comes_back_and_what_goes_on(open_view):
    page = open_view(f"{FLOW}&step=0")
    values = {(edge.source, edge.target): value for edge, value in currents(0)}
    item(page, "layer:layer1.0.add").hover()
    told = page.locator(".card")
    expect(told).to_contain_text(f"Comes back from layer1.0.relu2 {values['layer1.0.add', 'layer1.0.relu2']:.3g} norm")
    expect(told).to_contain_text(f"layer1.0.bn2 {values['layer1.0.bn2', 'layer1.0.add']:.3g} norm")
    expect(told).to_contain_text(f"relu (shortcut) {values['relu', 'layer1.0.add']:.3g} norm")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_drawing_is_saved_whole_and_needs_no_page(open_view, page, scheme, tmp_path):
    page.emulate_media(color_scheme=scheme)
    open_view(FLOW)
    for _ in range(4):
        page.get_by_role("button", name="Zoom in").click()  # most of it is out of sight
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the drawing").click()
    assert download.value.suggested_filename == "cifar-basic-20-Flow.svg"
    download.value.save_as(tmp_path / "drawing.svg")
    text = (tmp_path / "drawing.svg").read_text(encoding="utf-8")
    assert not re.search(r"var\(|color-mix|color\(|class=|style=", text)
    root = ElementTree.fromstring(text)
    words = ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]
    kinds = [layer.kind for layer in anatomy_of(parse_spec("cifar/basic-20")).layers]
    assert words.count("BN") == kinds.count("bn") and words.count("ReLU") == kinds.count("relu")
    assert {"cifar/basic-20", "layer3.2", "1e-4"} <= set(words) and any("Flow, step 1 · norm, log" in one for one in words)
    ground = next(one for one in root.iter(f"{SVG}rect") if one.get("width") == root.get("width"))
    assert (sum(map(int, re.findall(r"\d+", ground.get("fill")))) > 600) == (scheme == "light")
    page.goto(f"file://{tmp_path}/drawing.svg")  # a browser finds nothing wrong with it
    assert page.evaluate("document.documentElement.tagName") == "svg"


def test_the_values_are_saved_as_a_table(open_view, tmp_path):
    page = open_view(FLOW)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the values").click()
    download.value.save_as(tmp_path / "values.csv")
    rows = list(csv.DictReader((tmp_path / "values.csv").open(encoding="utf-8")))
    assert list(rows[0]) == ["step", "kind", "layer", "from", "Flow [norm]"]
    lines = {(row["step"], row["from"], row["layer"]): row["Flow [norm]"] for row in rows if row["from"]}
    for edge, value in currents(0):
        assert float(lines["0", edge.source, edge.target]) == pytest.approx(value, rel=1e-5)
    assert [value for value in lines.values() if value in ("", "Infinity")] == ["", "", "Infinity"]
    layers = [row for row in rows if not row["from"]]
    assert len(layers) == 2 * len(anatomy_of(parse_spec("cifar/basic-20")).layers)
    page.get_by_label("Colour by").select_option("Kind of layer")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the values").click()
    download.value.save_as(tmp_path / "layers.csv")
    table = list(csv.DictReader((tmp_path / "layers.csv").open(encoding="utf-8")))
    assert table[1]["layer"] == "conv1" and table[1]["Parameters"] == "432"

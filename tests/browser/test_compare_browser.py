"""The Compare page in a real browser: drawings that move in step, marks, presets, adding and changing, downloads."""

import csv
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PAIR = "networks=cifar/plain-8,cifar/basic-8"


@pytest.fixture
def open_page(page, app_url):
    page.emulate_media(reduced_motion="reduce")  # what glides is not where it will be

    def open_page(query=PAIR, panes=2):
        page.goto(f"{app_url}/compare?{query}")
        expect(page.locator(".view")).to_have_count(panes, timeout=120_000)  # the first of all pages imports torch
        for pane in range(panes):
            expect(page.locator(".view").nth(pane).locator("g.camera [id^='layer:']").first).to_be_visible()
        settled(page)
        return page

    return open_page


def settled(page):
    page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()


def view(page, pane):
    return page.locator(".view").nth(pane)


def item(page, pane, id):
    return view(page, pane).locator(f'[id="{id}"]')


def camera(page, pane):
    """Offset and scale of a drawing."""
    placed = view(page, pane).locator("g.camera").get_attribute("transform")
    return [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", placed)]


def wait_for_query(page, **values):
    for name, value in values.items():
        page.wait_for_function("([name, value]) => new URLSearchParams(location.search).get(name) === value", arg=[name, value])


def middle_of(page, pane):
    """In sight, as the mouse points at the window and not at the page."""
    canvas = view(page, pane).locator("svg.canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def controls(page, pane):
    """What changes a pane's network; it stays open while it is used."""
    panel = page.get_by_test_id("stPopoverBody")
    if not panel.is_visible():
        page.get_by_test_id("stPopover").nth(pane).get_by_role("button").click()
    expect(panel).to_be_visible()
    return panel


def test_what_moves_one_drawing_moves_the_other(open_page):
    page = open_page()
    before = [camera(page, pane) for pane in (0, 1)]
    assert before[0][2] == before[1][2]  # one scale, so that sizes compare
    x, y = middle_of(page, 0)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 60, steps=4)
    page.mouse.up()
    after = [camera(page, pane) for pane in (0, 1)]
    for old, new in zip(before, after):
        assert [new[0] - old[0], new[1] - old[1], new[2]] == pytest.approx([40, -60, old[2]], abs=0.5)
    page.mouse.wheel(0, -300)
    zoomed = [camera(page, pane) for pane in (0, 1)]
    assert zoomed[0][2] == pytest.approx(zoomed[1][2]) and zoomed[0][2] > 1.2 * before[0][2]
    view(page, 1).get_by_role("button", name="Fit the whole network").click()
    assert camera(page, 0)[2] == camera(page, 1)[2] < zoomed[0][2]


def test_detail_changes_in_step_and_is_in_the_address(open_page):
    page = open_page()
    view(page, 0).get_by_role("radio", name="Layers").click()
    for pane in (0, 1):
        expect(item(page, pane, "layer:layer1.0.bn1")).to_be_visible()
    wait_for_query(page, detail="layers")
    page.reload()
    expect(item(page, 1, "layer:layer1.0.bn1")).to_be_visible()


def test_a_level_closes_in_every_drawing_what_was_opened_against_it(open_page):
    page = open_page(f"{PAIR}&toggled2=layer1.0")
    view(page, 0).get_by_role("radio", name="Layers").click()
    wait_for_query(page, detail="layers", toggled2=None)
    page.reload()
    for pane in (0, 1):
        expect(item(page, pane, "layer:layer1.0.bn1")).to_be_visible()


def test_added_shortcuts_are_marked_where_they_are(open_page):
    page = open_page("networks=cifar/plain-8,cifar/basic-8%3Fshortcut%3DB&detail=blocks")
    expect(view(page, 0).locator(".node.added, .added[id]")).to_have_count(0)
    added = view(page, 1).locator("[id^='layer:'].added")
    expect(added).to_have_count(5)  # three sums, two projections
    expect(view(page, 1).locator("path.line.added")).to_be_visible()
    expect(page.get_by_text("3 shortcuts added:")).to_be_visible()


def test_a_layer_selected_in_one_is_lit_up_in_the_other(open_page):
    page = open_page("networks=imagenet/vgg-19,imagenet/plain-34")
    item(page, 1, "layer:layer1.0.conv1").click()
    wait_for_query(page, selected="2:layer1.0.conv1")
    expect(item(page, 0, "layer:layer3.0.conv1")).to_have_class(re.compile(r"\bmarked\b"))
    expect(page.get_by_text("Selected: layer1.0.conv1 of Plain-34.")).to_contain_text("in VGG-19 layer3.0.conv1 (64 → 256 channels")


def test_a_preset_shows_its_networks_and_its_formulas(open_page):
    page = open_page()
    page.get_by_role("radio", name="Plain, highway, residual").click()
    wait_for_query(page, preset="gates")
    expect(page.locator(".view")).to_have_count(3)
    expect(page.locator(".katex").first).to_be_visible()
    expect(page.get_by_text("267,936 parameters more")).to_be_visible()
    page.get_by_role("radio", name="Table 1: 18 to 152").click()
    expect(page.locator(".view")).to_have_count(4)
    expect(page.get_by_text("ResNet-18 → ResNet-152")).to_be_visible()
    page.go_back()
    expect(page.locator(".view")).to_have_count(3)


def test_a_network_is_added_changed_and_removed(open_page):
    page = open_page()
    page.get_by_role("button", name="Add a network").click()
    wait_for_query(page, networks="cifar/plain-8,cifar/basic-8,cifar/basic-20")
    expect(page.locator(".view")).to_have_count(3)
    settled(page)
    controls(page, 2).get_by_role("radio", name="56", exact=True).click()
    wait_for_query(page, networks="cifar/plain-8,cifar/basic-8,cifar/basic-56")
    expect(page.get_by_text("Residual-56", exact=True).first).to_be_visible()
    settled(page)
    controls(page, 2).get_by_role("button", name="Make it the reference").click()
    wait_for_query(page, reference="3")
    expect(page.get_by_text("Residual-56 → Plain-8")).to_be_visible()
    settled(page)
    controls(page, 2).get_by_role("button", name="Remove").click()
    wait_for_query(page, networks="cifar/plain-8,cifar/basic-8")
    expect(page.locator(".view")).to_have_count(2)


def test_totals_and_points_can_be_taken_away(open_page):
    page = open_page("preset=gates", panes=3)
    with page.expect_download() as download:
        page.get_by_role("button", name="Totals (CSV)").click()
    with open(download.value.path(), newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["Name"], row["Parameters"], row["MACs"]) for row in rows] == [
        ("cifar/plain-20", "269722", "40551040"), ("cifar/highway-20", "537658", "80659072"), ("cifar/basic-20", "269722", "40551040")]
    scatter = page.locator(".explorer-chart").nth(1)
    expect(scatter.locator(".trace").first).to_be_visible()
    assert scatter.locator(".explorer-chart-plot").evaluate("plot => [plot.layout.xaxis.type, plot.data[0].y]") == ["log", [8.75, 10.08]]
    with page.expect_download() as download:
        scatter.get_by_role("button", name="Save the data of this chart").click()
    with open(download.value.path(), newline="", encoding="utf-8") as file:
        points = list(csv.reader(file))
    assert points[0] == ["series", "MACs of one image", "error (%)", "label"]
    assert ["plain", "40551040", "10.08", "Plain-20: techxzen/pytorch-residual-networks, 1 view"] in points


def test_a_damaged_address_leaves_a_page_that_works(open_page):
    page = open_page("networks=cifar/basic-9,cifar/plain-8,,nonsense&reference=7&detail=everything&selected=3:x", panes=1)
    expect(page.get_by_text("has no depth 9")).to_be_visible()
    page.get_by_role("button", name="Compare cifar/basic-8", exact=True).click()
    wait_for_query(page, networks="cifar/plain-8,cifar/basic-8")
    expect(page.locator(".view")).to_have_count(2)

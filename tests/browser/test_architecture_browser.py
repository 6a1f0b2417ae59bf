"""The Architecture page in a real browser: depth, selection both ways, folds, zoom, keyboard, downloads."""

import csv

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def open_page(page, app_url):
    def open_page(query="network=cifar/basic-20"):
        page.goto(f"{app_url}/architecture?{query}")
        # The first of all pages imports torch.
        expect(item(page, "layer:conv1")).to_be_visible()
        expect(page.locator("tbody tr[data-row]").first).to_be_visible()
        return page

    return open_page


def item(page, id):
    return page.locator(f'[id="{id}"]')


def row(page, name):
    return page.locator(f'tr[data-row="{name}"]')


def place(page):
    return page.locator("g.camera").get_attribute("transform")


def margins(page):
    """Pixels between the drawing and its box: left, top, right, bottom."""
    drawn, box = page.locator("g.camera").bounding_box(), page.locator(".view").bounding_box()
    near = drawn["x"] - box["x"], drawn["y"] - box["y"]
    return *near, box["width"] - drawn["width"] - near[0], box["height"] - drawn["height"] - near[1]


def place_in_box(page, id):
    """Of an item's upper left corner, wherever the page is scrolled to."""
    box = "one => [one, one.closest('.view')].map(each => each.getBoundingClientRect()).map(each => [each.left, each.top])"
    (left, top), (from_left, from_top) = item(page, id).evaluate(box)
    return left - from_left, top - from_top


def text_height(page):
    """Of the drawing's smallest letters on the screen, in pixels."""
    texts = page.locator("g.camera text").all()
    return min(text.evaluate("one => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a") for text in texts)


def wait_for_query(page, **values):
    for name, value in values.items():
        page.wait_for_function("([name, value]) => new URLSearchParams(location.search).get(name) === value", arg=[name, value])


def test_a_click_on_a_depth_shows_the_other_network(open_page):
    page = open_page()
    page.get_by_role("radio", name="56", exact=True).click()
    wait_for_query(page, network="cifar/basic-56")
    expect(page.get_by_text("853,018").first).to_be_visible()
    expect(page.get_by_label("Residual-56, drawn")).to_be_visible()
    expect(item(page, "group:layer1.0-8")).to_be_visible()
    expect(page.locator(".explorer-chart-plot .main-svg").first).to_be_visible()
    page.go_back()
    expect(page.get_by_text("269,722").first).to_be_visible()


def test_a_depth_that_cannot_be_says_why(open_page):
    page = open_page()
    page.get_by_role("spinbutton", name="Any depth").fill("57")
    page.keyboard.press("Enter")
    expect(page.get_by_text("cifar/basic has no depth 57")).to_be_visible()
    page.get_by_role("button", name="Show cifar/basic-62").click()
    wait_for_query(page, network="cifar/basic-62")


def test_drawing_and_table_select_in_each_other(open_page):
    page = open_page("network=cifar/basic-56")
    page.set_viewport_size({"width": 1920, "height": 1000})  # side by side
    assert row(page, "layer3.0.conv2").count() == 0
    item(page, "layer:layer3.0.conv2").click()
    wait_for_query(page, selected="layer3.0.conv2")
    expect(row(page, "layer3.0.conv2")).to_be_in_viewport()
    expect(row(page, "layer3.0.conv2")).to_have_attribute("aria-selected", "true")
    row(page, "layer3.0.bn1").click()
    wait_for_query(page, selected="layer3.0.bn1")
    expect(item(page, "layer:layer3.0.conv1")).to_have_attribute("aria-current", "true")
    page.reload()
    expect(row(page, "layer3.0.bn1")).to_be_in_viewport()


def test_the_drawing_fills_its_box_and_can_be_read(open_page):
    page = open_page("network=cifar/basic-56")
    left, top, right, bottom = margins(page)
    assert left == pytest.approx(right, abs=12) and left < 60
    assert top < 90 and bottom < 40
    assert text_height(page) > 8.5
    page.set_viewport_size({"width": 1920, "height": 1000})
    expect(page.locator(".view")).to_have_css("width", "1002px")
    page.wait_for_function("query => new Promise(requestAnimationFrame)")
    assert min(margins(page)) > 0 and margins(page)[3] < 40
    assert text_height(page) > 7


def test_the_table_is_whole_below_the_drawing_or_says_that_it_goes_on_beside_it(open_page):
    page = open_page("network=cifar/basic-56")
    drawing, table = page.locator(".view").bounding_box(), page.locator(".scroll").bounding_box()
    assert table["x"] == drawing["x"] and table["y"] > drawing["y"] + drawing["height"]
    assert page.locator(".scroll").evaluate("one => one.scrollWidth <= one.clientWidth")
    expect(page.locator(".frame")).not_to_have_class("frame more")
    page.set_viewport_size({"width": 1920, "height": 1000})
    expect(page.locator(".frame")).to_have_class("frame more")
    drawing, table = page.locator(".view").bounding_box(), page.locator(".scroll").bounding_box()
    assert table["y"] == drawing["y"] and table["x"] > drawing["x"] + drawing["width"]
    page.locator(".scroll").evaluate("one => one.scrollTo(one.scrollWidth, 0)")
    expect(page.locator(".frame")).to_have_class("frame")


def test_a_drawing_too_wide_to_be_read_beside_the_table_stands_above_it(open_page):
    page = open_page("network=imagenet/bottleneck-152")
    page.set_viewport_size({"width": 1920, "height": 1000})
    expect(page.locator(".view")).to_have_css("width", "1838px")
    assert text_height(page) > 8.5


def test_a_drawing_seen_whole_is_whole_after_opening_and_folding(open_page):
    page = open_page("network=cifar/basic-56")
    for state in ("true", "false"):
        item(page, "group:layer2.1-8").locator(".handle").click()
        expect(item(page, "group:layer2.1-8")).to_have_attribute("aria-expanded", state)
        assert min(margins(page)) > 0


def test_folds_open_and_close_and_what_was_clicked_stays_in_place_for_who_looks_closer(open_page):
    page = open_page("network=cifar/basic-56")
    page.get_by_role("button", name="Zoom in").click()
    before = place_in_box(page, "group:layer1.0-8")
    item(page, "group:layer1.0-8").locator(".handle").click()
    wait_for_query(page, opened="layer1.0-8")
    expect(item(page, "group:layer1.5")).to_be_visible()
    assert place_in_box(page, "group:layer1.0-8") == pytest.approx(before, abs=2)
    item(page, "group:layer1.5").dblclick()
    expect(item(page, "layer:layer1.5.bn1")).to_be_visible()
    page.get_by_role("button", name="Fold all").click()
    expect(item(page, "layer:layer1.5.bn1")).to_have_count(0)
    expect(item(page, "group:layer1.0-8")).to_have_attribute("aria-expanded", "false")


def test_zoom_pan_and_fit(open_page):
    page = open_page()
    start = place(page)
    page.get_by_role("button", name="Zoom in").click()
    zoomed = place(page)
    assert zoomed != start
    box = page.locator(".canvas").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + 50, steps=4)
    page.mouse.up()
    assert place(page) != zoomed
    item(page, "layer:conv1").click()
    wait_for_query(page, selected="conv1")
    moved = place(page)
    expect(row(page, "conv1")).to_have_attribute("aria-selected", "true")
    assert place(page) == moved
    page.mouse.wheel(0, -300)
    expect(page.locator("g.camera")).not_to_have_attribute("transform", moved)
    page.get_by_role("button", name="Fit the whole network").click()
    fitted = place(page)
    page.get_by_role("button", name="Zoom out").click()
    page.get_by_role("button", name="Fit the whole network").click()
    assert place(page) == fitted


def test_the_keyboard_reaches_everything(open_page):
    page = open_page()
    page.locator(".canvas").focus()
    page.keyboard.press("Tab")
    expect(item(page, "group:stem")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.wait_for_function("new URLSearchParams(location.search).has('selected')")
    table = page.get_by_role("grid").locator("..")
    table.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    wait_for_query(page, selected="conv1")
    page.keyboard.press("Escape")
    page.wait_for_function("!new URLSearchParams(location.search).has('selected')")


def test_full_screen_and_back(open_page):
    page = open_page()
    height = page.locator(".view").evaluate("view => getComputedStyle(view).height")
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("document.fullscreenElement")
    expect(page.locator(".view")).to_have_css("height", "900px")
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("!document.fullscreenElement")
    expect(page.locator(".view")).to_have_css("height", height)


def test_sorting_by_cost(open_page):
    page = open_page()
    page.get_by_role("button", name="Parameters", exact=True).click()
    expect(page.locator("tbody tr[data-row]").first).to_have_attribute("data-row", "layer3.0.conv2")
    page.get_by_role("button", name="Parameters", exact=True).click()
    page.get_by_role("button", name="Parameters", exact=True).click()
    expect(page.locator("tbody tr[data-row]").first).to_have_attribute("data-row", "input")


def test_the_unit_changes_table_and_totals(open_page):
    page = open_page()
    expect(page.locator("tfoot")).to_contain_text("40,551,040")
    page.get_by_role("radio", name="FLOPs").click()
    wait_for_query(page, unit="FLOPs")
    expect(page.locator("tfoot")).to_contain_text("81,102,080")


def test_downloads(open_page):
    page = open_page()
    with page.expect_download() as download:
        page.get_by_role("button", name="Layer table").click()
    assert download.value.suggested_filename == "cifar-basic-20.csv"
    with open(download.value.path(), newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["Parameters"]) for row in rows) == 269_722
    page.get_by_role("button", name="Save drawing").click()
    for kind, content in (("SVG", b"</svg>"), ("PDF", b"%PDF"), ("DOT", b"digraph")):
        with page.expect_download() as download:
            page.get_by_role("button", name=kind).click()
        assert download.value.suggested_filename == f"cifar-basic-20.{kind.lower()}"
        assert content in download.value.path().read_bytes()


def test_the_dark_theme_is_drawn_for_dark(browser, app_url):
    page = browser.new_page(color_scheme="dark")
    page.goto(f"{app_url}/architecture?network=cifar/basic-20")
    text = item(page, "layer:conv1").locator("text").first
    expect(text).to_be_visible()
    fill = text.evaluate("text => getComputedStyle(text).fill")
    page.close()
    assert min(int(part) for part in fill[4:-1].split(",")) > 150

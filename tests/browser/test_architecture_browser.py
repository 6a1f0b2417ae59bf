"""The Architecture page in a real browser: drawing, table, colours and address as one.

What drawing and table do by themselves is in test_network_*_browser.py and test_layer_table_browser.py.
"""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MARKED = re.compile(r"\bmarked\b")
BESIDE = """() => {
  const parts = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')].map(part => part.shadowRoot);
  const [drawing, table] = ['.view', '.whole'].map(one => parts.map(part => part.querySelector(one)).find(Boolean).getBoundingClientRect());
  return table.top === drawing.top && table.left > drawing.right;
}"""
FILL = "one => getComputedStyle(one.querySelector('rect')).fill"


@pytest.fixture
def open_page(page, app_url):
    def open_page(query="network=cifar/basic-20", first="layer:conv1"):
        page.goto(f"{app_url}/architecture?{query}")
        # The first of all pages imports torch.
        expect(item(page, first)).to_be_attached()
        expect(page.locator("tbody tr[data-row]").first).to_be_visible()
        return page

    return open_page


def item(page, id):
    return page.locator(f'[id="{id}"]')


def row(page, name):
    return page.locator(f'tr[data-row="{name}"]')


def level(page, name):
    """One of the drawing's levels of detail."""
    return page.get_by_role("radio", name=name, exact=True)


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
    page.set_viewport_size({"width": 1920, "height": 1000})
    assert row(page, "layer3.0.conv2").count() == 0
    item(page, "layer:layer3.0.conv2").click()
    wait_for_query(page, selected="layer3.0.conv2")
    expect(row(page, "layer3.0.conv2")).to_be_in_viewport()
    expect(row(page, "layer3.0.conv2")).to_have_attribute("aria-selected", "true")
    row(page, "layer3.0.bn1").click()
    wait_for_query(page, selected="layer3.0.bn1")
    expect(item(page, "layer:layer3.0.conv1")).to_have_class(MARKED)
    page.reload()
    expect(row(page, "layer3.0.bn1")).to_be_in_viewport()
    expect(item(page, "layer:layer3.0.conv1")).to_have_class(MARKED)


def test_a_row_inside_a_fold_marks_the_block_that_stands_for_it(open_page):
    page = open_page("network=cifar/basic-56&selected=layer2.5.conv1")
    expect(item(page, "layer:layer2.1.conv1")).to_have_class(MARKED)
    level(page, "Blocks").click()
    expect(item(page, "layer:layer2.5.conv1")).to_have_class(MARKED)


def test_drawing_and_table_stand_beside_each_other_where_there_is_room(open_page):
    page = open_page("network=cifar/basic-56")
    drawing, table = page.locator(".view").bounding_box(), page.locator(".whole").bounding_box()
    assert table["x"] == drawing["x"] and table["y"] > drawing["y"] + drawing["height"]
    page.set_viewport_size({"width": 1920, "height": 1000})
    page.wait_for_function(BESIDE)


def test_what_the_reader_opened_is_in_the_address_and_back_undoes_it(open_page):
    page = open_page("network=cifar/basic-20")
    level(page, "Layers").click()
    wait_for_query(page, detail="layers")
    page.reload()
    expect(item(page, "layer:layer1.1.bn1")).to_be_attached()
    level(page, "Stages").click()
    wait_for_query(page, detail="stages")
    expect(item(page, "layer:layer1.1.bn1")).to_have_count(0)
    page.go_back()
    expect(level(page, "Layers")).to_be_checked()
    expect(item(page, "layer:layer1.1.bn1")).to_be_attached()


def test_colours_are_in_the_address_and_stay_for_the_next_network(open_page):
    page = open_page()
    before = item(page, "layer:layer3.1.conv1").evaluate(FILL)
    page.get_by_label("Colour by").select_option("params")
    expect(page.locator(".view .legend")).to_contain_text("Parameters")
    assert item(page, "layer:layer3.1.conv1").evaluate(FILL) != before
    wait_for_query(page, colour="params")
    page.get_by_role("radio", name="56", exact=True).click()
    expect(page.get_by_label("Residual-56, drawn")).to_be_visible()
    expect(page.locator(".view .legend")).to_contain_text("Parameters")
    page.get_by_label("Colour by").select_option("kind")
    page.wait_for_function("!new URLSearchParams(location.search).has('colour')")


def test_gradients_of_a_fresh_network_colour_its_layers(open_page):
    page = open_page("network=cifar/plain-20&colour=initial_gradient")
    expect(page.locator(".view .legend")).to_contain_text("Gradient norm at initialisation")
    assert len({item(page, f"layer:{name}").evaluate(FILL) for name in ("conv1", "layer3.0.conv2", "fc")}) == 3


def test_a_torchvision_model_with_branches_is_drawn(open_page):
    page = open_page("network=torchvision/googlenet&detail=blocks", first="layer:conv1.conv")
    expect(item(page, "layer:inception3a.branch3.1.conv")).to_be_attached()
    expect(page.get_by_text("parameters of aux1, which takes no part in inference").first).to_be_visible()


def test_the_memory_of_a_batch_is_in_the_address(open_page):
    page = open_page()
    page.get_by_role("spinbutton", name="Batch").fill("256")
    page.keyboard.press("Enter")
    wait_for_query(page, batch="256")
    expect(page.get_by_text("A batch of 256 images fits")).to_be_visible()


def test_the_unit_changes_table_and_totals(open_page):
    page = open_page()
    expect(page.locator("tfoot")).to_contain_text("40,551,040")
    page.get_by_role("radio", name="FLOPs").click()
    wait_for_query(page, unit="FLOPs")
    expect(page.locator("tfoot")).to_contain_text("81,102,080")


def test_a_damaged_address_shows_the_network_and_keeps_the_rest(open_page):
    page = open_page("network=cifar/basic-20&detail=horses&toggled=layer9,,%00&selected=nothing&colour=blue&step=-1&table=%7B&batch=many&find=(")
    expect(level(page, "Folded")).to_be_checked()
    expect(page.get_by_text("A batch is a whole number of images")).to_be_visible()
    expect(page.locator(".explorer-chart-plot .main-svg").first).to_be_visible()


def test_the_dark_theme_is_drawn_for_dark(browser, app_url):
    page = browser.new_page(color_scheme="dark")
    page.goto(f"{app_url}/architecture?network=cifar/basic-20")
    text = item(page, "layer:conv1").locator("text").first
    expect(text).to_be_visible()
    fill = text.evaluate("text => getComputedStyle(text).fill")
    page.close()
    assert min(int(part) for part in fill[4:-1].split(",")) > 150

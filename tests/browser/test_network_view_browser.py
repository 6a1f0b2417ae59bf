"""The network view in a real browser: opening, moving, large networks, and who is right, page or reader."""

import re

import pytest
from network_reading import corner, elements, heard, item, middle, poll, press, transform, wait_for_query
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MANY_ELEMENTS = 4000


# --- Opening and closing ---------------------------------------------------------------------------------------------------


def test_a_handle_opens_and_folds_and_stays_in_place(open_view):
    page = open_view("networks=cifar/basic-56")
    page.get_by_role("button", name="Zoom in").click()
    before = corner(page, "group:layer1.0-8")
    for state, toggled in (("true", "layer1.0-8"), ("false", "")):
        item(page, "group:layer1.0-8").locator(".handle").first.click()
        expect(item(page, "group:layer1.0-8")).to_have_attribute("aria-expanded", state)
        assert corner(page, "group:layer1.0-8") == pytest.approx(before, abs=2)
        wait_for_query(page, toggled=toggled)
    assert [event for event in heard(page) if event[0] == "toggled"][-1] == ["toggled", ""]


def test_a_double_click_and_enter_open_the_group_around_a_layer_which_stays_in_place(open_view):
    page = open_view("networks=cifar/basic-20")
    page.get_by_role("button", name="Zoom in").click()
    before = corner(page, "layer:layer2.0.conv2")
    item(page, "layer:layer2.0.conv2").dblclick()
    expect(item(page, "layer:layer2.0.bn2")).to_be_visible()
    assert corner(page, "layer:layer2.0.conv2") == pytest.approx(before, abs=2)
    expect(item(page, "layer:layer2.0.conv2")).to_have_class(re.compile(r"\bmarked\b"))
    press(page, "Enter")
    expect(item(page, "layer:layer2.0.bn2")).to_have_count(0)
    assert corner(page, "layer:layer2.0.conv2") == pytest.approx(before, abs=2)
    wait_for_query(page, toggled="", select="layer2.0.conv2")


def test_a_stage_closes_to_one_node_and_opens_again(open_view):
    page = open_view("networks=cifar/basic-20")
    item(page, "group:layer2").locator(".handle").first.click()
    stage = page.locator('g.node[id="group:layer2"]')
    expect(stage).to_be_visible()
    expect(item(page, "layer:layer2.0.conv1")).to_have_count(0)
    stage.dblclick()
    expect(item(page, "layer:layer2.0.conv1")).to_be_visible()


def test_the_levels_open_everything_at_once(open_view):
    page = open_view("networks=cifar/basic-20")
    item(page, "group:layer2").locator(".handle").first.click()
    wait_for_query(page, toggled="layer2")
    page.get_by_role("radio", name="Layers").click()
    expect(page.get_by_role("radio", name="Layers")).to_be_checked()
    expect(item(page, "layer:layer3.1.bn2")).to_be_attached()
    wait_for_query(page, detail="layers", toggled="")
    press(page, "1")
    expect(page.locator("g.node")).to_have_count(5)
    press(page, "3")
    expect(item(page, "group:layer1.1")).to_be_attached()
    expect(item(page, "layer:layer1.1.bn1")).to_have_count(0)
    wait_for_query(page, detail="blocks")


# --- Moving ----------------------------------------------------------------------------------------------------------------


def test_the_wheel_zooms_where_the_pointer_is(open_view):
    page = open_view("networks=cifar/basic-20")
    node = item(page, "layer:layer2.0.conv2").locator("rect")
    x, y = middle(node)
    width = node.bounding_box()["width"]
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    poll(page, lambda: node.bounding_box()["width"] > 1.3 * width)
    assert middle(node) == pytest.approx((x, y), abs=1)


def test_two_fingers_zoom_between_them(open_view):
    page = open_view("networks=cifar/basic-20")
    node = item(page, "layer:layer2.0.conv2").locator("rect")
    (x, y), width = middle(node), node.bounding_box()["width"]
    devtools = page.context.new_cdp_session(page)

    def fingers(kind, *places):
        points = [{"x": x + dx, "y": y, "id": number} for number, dx in enumerate(places)]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", -40, 40)
    for apart in (50, 60, 70, 80):
        fingers("touchMove", -apart, apart)
    fingers("touchEnd")
    assert node.bounding_box()["width"] == pytest.approx(2 * width, rel=0.02)
    assert middle(node) == pytest.approx((x, y), abs=2)


def test_drag_arrows_and_zoom_keys_move_and_space_fits(open_view):
    page = open_view("networks=cifar/basic-20")
    press(page, " ")
    fitted = transform(page)
    press(page, "+", "ArrowRight", "ArrowDown")
    assert transform(page)[2] == pytest.approx(1.25 * fitted[2])
    x, y, _ = transform(page)
    box = page.locator(".canvas").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 65, box["y"] + 45, steps=4)
    page.mouse.up()
    assert transform(page)[:2] == pytest.approx([x + 60, y + 40], abs=1)
    press(page, " ")
    assert transform(page) == pytest.approx(fitted)
    assert heard(page) == []


def test_full_screen_and_back(open_view):
    page = open_view("networks=cifar/basic-20")
    height = page.locator(".view").evaluate("view => getComputedStyle(view).height")
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("document.fullscreenElement")
    expect(page.locator(".view")).to_have_css("height", "900px")
    expect(page.locator(".canvas")).to_have_css("height", re.compile(r"^8\d\d"))
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("!document.fullscreenElement")
    expect(page.locator(".view")).to_have_css("height", height)


def test_a_drawing_seen_whole_takes_the_shape_of_its_view(open_view):
    page = open_view("networks=cifar/basic-20")
    heads = lambda: [item(page, f"group:{stage}").bounding_box() for stage in ("stem", "layer1", "layer2", "layer3")]  # noqa: E731
    assert len({round(box["y"]) for box in heads()}) == 1
    press(page, " ")
    page.set_viewport_size({"width": 560, "height": 900})
    page.wait_for_function("""() => {
        const [view] = [...document.querySelectorAll('*')].filter(one => one.shadowRoot?.querySelector('.canvas'));
        const tops = ['stem', 'layer1', 'layer2'].map(id => view.shadowRoot.getElementById(`group:${id}`)?.getBoundingClientRect().top);
        return tops[0] < tops[1] && tops[1] < tops[2];
    }""")
    press(page, " ")
    for stage in ("stem", "layer1", "layer2", "layer3"):  # painted a piece at a time
        expect(item(page, f"group:{stage}")).to_be_visible()
    # Its elements are others once it is laid out again.
    poll(page, lambda: all(box and box["x"] > 0 and box["x"] + box["width"] < 560 for box in heads()))


def test_it_glides_unless_stillness_is_asked_for(open_view, page):
    open_view("networks=cifar/basic-20")
    count_places = """camera => new Promise(done => {
        const [seen, start] = [new Set(), performance.now()];
        const look = () => {
            seen.add(camera.getAttribute('transform'));
            performance.now() - start > 500 ? done(seen.size) : requestAnimationFrame(look);
        };
        look();
    })"""
    press(page, "+", "+", " ")
    assert page.locator("g.camera").evaluate(count_places) == 1
    page.emulate_media(reduced_motion="no-preference")
    press(page, "+", "+", " ")
    assert page.locator("g.camera").evaluate(count_places) > 2


# --- Large networks --------------------------------------------------------------------------------------------------------

def test_the_whole_of_1202_layers_opens_with_few_elements_at_every_distance(open_view):
    page = open_view("networks=cifar/basic-1202")
    page.get_by_role("radio", name="Layers").click()
    expect(item(page, "layer:layer1.0.bn1")).to_be_visible()
    page.get_by_role("button", name="Fit the whole network").click()
    expect(page.locator("path.speck, path.far").first).to_be_attached()
    x, y = middle(page.locator(".canvas"))
    page.mouse.move(x, y)
    counts, scales = [], []
    while (scale := transform(page)[2]) < 1.2:
        counts.append(elements(page))
        scales.append(scale)
        page.mouse.wheel(0, -300)
        poll(page, lambda: transform(page)[2] > scale)  # noqa: B023
        page.wait_for_timeout(120)  # painting follows moving
    assert min(scales) < 0.1 and len(counts) > 5
    assert max(counts) < MANY_ELEMENTS
    press(page, "/")
    page.keyboard.type("layer2.150.conv1")
    page.keyboard.press("Enter")
    expect(item(page, "layer:layer2.150.conv1")).to_be_in_viewport()


def test_a_layout_can_be_called_off(open_view):
    page = open_view("networks=cifar/basic-1202")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 20})
    before = transform(page)
    page.get_by_role("radio", name="Layers").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("progressbar")).to_be_hidden()
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    expect(page.get_by_role("radio", name="Folded")).to_be_checked()
    wait_for_query(page, detail="folded")
    heard(page)
    assert transform(page) == before
    expect(item(page, "layer:layer1.1.bn1")).to_have_count(0)


# --- Page and reader -------------------------------------------------------------------------------------------------------


def test_a_page_that_is_late_undoes_nothing_and_back_is_obeyed(open_view):
    page = open_view("networks=cifar/basic-20&slow=1")
    fold, block = "group:layer1.0-2", "group:layer2.0"
    item(page, fold).locator(".handle").first.click()
    page.locator("[data-test-script-state='running']").wait_for()
    item(page, block).locator(".handle").first.click()
    for _ in range(20):  # the page answers twice meanwhile, at first with the fold alone
        expect(item(page, fold)).to_have_attribute("aria-expanded", "true")
        expect(item(page, block)).to_have_attribute("aria-expanded", "true")
        page.wait_for_timeout(100)
    wait_for_query(page, toggled="layer1.0-2,layer2.0")
    heard(page)
    expect(item(page, block)).to_have_attribute("aria-expanded", "true")
    page.go_back()
    expect(item(page, block)).to_have_attribute("aria-expanded", "false")


def test_back_is_obeyed_where_it_overtakes_the_page(open_view):
    page = open_view("networks=cifar/basic-20&pause=1&detail=layers")
    page.get_by_role("radio", name="Stages").click()
    wait_for_query(page, detail="stages")
    page.go_back()  # before the page has drawn what it heard
    expect(page.get_by_role("radio", name="Layers")).to_be_checked()
    expect(item(page, "layer:layer1.1.bn1")).to_be_attached()


def test_a_page_that_keeps_nothing_leaves_the_reader_what_is_there(open_view):
    page = open_view("networks=cifar/basic-20&deaf=1&overlays=1")
    page.get_by_label("Colour by").select_option("MACs")
    item(page, "group:layer2.0").locator(".handle").first.click()
    item(page, "layer:conv1").click()
    poll(page, lambda: ["select", "conv1"] in heard(page))
    page.get_by_role("button", name="Run again").click()
    assert ["select", "conv1"] in heard(page)
    expect(item(page, "layer:conv1")).to_have_class(re.compile("marked"))
    expect(item(page, "group:layer2.0")).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".legend strong")).to_have_text("MACs")
    assert "toggled" not in page.url


def test_an_address_brings_everything_back(open_view):
    page = open_view("networks=cifar/basic-20&overlays=1&detail=blocks&toggled=layer2&select=layer3.1.bn1&colour=decay&step=10&find=conv")
    expect(page.get_by_role("radio", name="Blocks")).to_be_checked()
    expect(page.locator('g.node[id="group:layer2"]')).to_be_visible()
    expect(item(page, "layer:layer3.1.conv1")).to_have_class(re.compile("marked"))
    expect(page.locator(".steps output")).to_have_text("10")
    expect(page.get_by_role("searchbox")).to_have_value("conv")
    assert heard(page) == []

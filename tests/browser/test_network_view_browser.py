"""The network view in a real browser: opening, searching, walking, colouring, linked views, and who is right, page or reader."""

import json
import re

import pytest
from pictures import TOLERANCE, check_golden, difference, picture
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MANY_ELEMENTS = 4000


@pytest.fixture
def open_view(page, serve):
    """`open_view("networks=cifar/basic-20")`: the page once its first drawing stands, without gliding."""
    page.emulate_media(reduced_motion="reduce")

    def open_view(query="", first="g.node"):
        page.goto(f"{serve('network_page.py')}/?{query}")
        page.locator(first).first.wait_for()
        return page

    return open_view


def item(page, id):
    return page.locator(f'[id="{id}"]')


def transform(page):
    """Of the (first) drawing: x, y and scale."""
    text = page.locator("g.camera").first.get_attribute("transform")
    return [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", text)]


def corner(page, id):
    """An item's upper left corner in the view, and not on the page, which may scroll."""
    box, view = item(page, id).locator("rect").first.bounding_box(), page.locator(".stage").first.bounding_box()
    return box["x"] - view["x"], box["y"] - view["y"]


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def wait_for_query(page, **values):
    for name, value in values.items():
        test = "([name, value]) => (new URLSearchParams(location.search).get(name) ?? '') === value"
        page.wait_for_function(test, arg=[name, value])


def heard(page):
    """The events that the page heard, once its script rests."""
    page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()
    return json.loads(page.get_by_test_id("stText").inner_text())


def poll(page, read):
    """What `read` gives once it gives anything, within half a minute."""
    for _ in range(300):
        if found := read():
            return found
        page.wait_for_timeout(100)
    raise AssertionError("nothing came")


def press(page, *keys):
    page.locator(".canvas").first.focus()
    for key in keys:
        page.keyboard.press(key)


def elements(page):
    return page.locator(".view").first.evaluate("view => view.querySelectorAll('*').length")


# --- Opening and closing -----------------------------------------------------------------------------------------------


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


# --- Moving -------------------------------------------------------------------------------------------------------------


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


# --- Selecting, walking, searching ------------------------------------------------------------------------------------


def test_a_selection_lights_up_its_neighbours_and_lines(open_view):
    page = open_view("networks=cifar/basic-20")
    item(page, "layer:layer2.0.conv2").click()
    expect(item(page, "layer:layer2.0.conv2")).to_have_attribute("aria-current", "true")
    assert set(page.locator(".lit[id]").evaluate_all("all => all.map(one => one.id)")) == {"layer:layer2.0.conv1", "layer:layer2.0.add"}
    expect(page.locator("path.lit")).to_have_count(1)
    wait_for_query(page, select="layer2.0.conv2")
    press(page, "Escape")
    expect(page.locator(".lit, .marked")).to_have_count(0)
    wait_for_query(page, select="")


def test_a_layer_that_the_page_selects_is_marked_on_the_node_that_stands_for_it(open_view):
    page = open_view("networks=cifar/basic-20&select=layer1.2.bn2")
    expect(item(page, "layer:layer1.0.conv2")).to_have_class(re.compile(r"\bmarked\b"))
    page.get_by_role("button", name="Select conv1").click()
    expect(item(page, "layer:conv1")).to_have_class(re.compile(r"\bmarked\b"))
    expect(page.locator(".marked")).to_have_count(1)


def test_arrows_walk_along_the_lines(open_view):
    page = open_view("networks=cifar/basic-20&select=conv1")
    walked = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        press(page, key)
        walked.append(page.locator(".marked").get_attribute("id"))
    assert walked == ["layer:layer1.0.conv1", "layer:layer1.0.conv2", "layer:layer1.0.add", "layer:layer2.0.conv1", "layer:layer1.0.add"]
    press(page, "ArrowRight")
    assert page.locator(".marked").get_attribute("id").startswith("layer:layer2")
    wait_for_query(page, select=page.locator(".marked").get_attribute("id").removeprefix("layer:"))


def test_search_counts_highlights_and_steps_through_what_it_finds(open_view):
    page = open_view("networks=cifar/basic-20")
    press(page, "/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("layer2 conv")
    expect(page.locator(".count")).to_have_text("6")
    expect(page.locator("path.found")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".count")).to_have_text("1 of 6")
    expect(item(page, "layer:layer2.0.conv1")).to_have_class(re.compile("marked"))
    press(page, "n", "n")
    # The third is the first of the fold, the fifth is the same layer of the next block: the same node stands for both.
    expect(item(page, "layer:layer2.1.conv1")).to_have_class(re.compile("marked"))
    press(page, "n", "n")
    expect(page.locator(".count")).to_have_text("5 of 6")
    expect(item(page, "layer:layer2.1.conv1")).to_have_class(re.compile("marked"))
    wait_for_query(page, find="layer2 conv", select="layer2.2.conv1")
    press(page, "n", "n", "N")
    expect(page.locator(".count")).to_have_text("6 of 6")
    page.get_by_role("searchbox").fill("no such layer")
    expect(page.locator(".count")).to_have_text("none")
    page.keyboard.press("Escape")
    expect(page.locator(".count")).to_have_text("")
    expect(page.locator("path.found")).to_have_count(0)


def test_the_card_shows_the_whole_row_and_what_a_node_stands_for(open_view):
    page = open_view("networks=cifar/basic-20")
    item(page, "layer:layer1.0.conv1").hover()
    card = page.get_by_role("tooltip")
    expect(card).to_be_visible()
    expect(card.locator("h3")).to_have_text("layer1.0.conv1")
    expect(card.locator("p").first).to_contain_text("Also stands for layer1.0.bn1, layer1.0.relu1, layer1.1.conv1")
    rows = card.locator("tr").evaluate_all("rows => rows.map(row => [...row.children].map(cell => cell.textContent))")
    cells = {row[0]: row[1:] for row in rows}
    assert cells[""] == ["this layer", "all 9"]
    assert cells["Kernel"][0] == "3×3" and cells["Output"][0] == "16×32×32" and cells["Kind"][0] == "conv"
    assert cells["Parameters"] == ["2,304", "7,008"]
    assert cells["MACs"] == ["2,359,296", "7,077,888"]
    assert cells["Receptive field"] == ["5", "13"]
    page.mouse.move(5, 5)
    expect(card).to_be_hidden()
    item(page, "group:layer1").hover(position={"x": 60, "y": 12})
    expect(card.locator("p").first).to_have_text("21 layers, layer1.0.conv1 to layer1.2.relu2")
    press(page, "Escape")
    expect(card).to_be_hidden()


def test_help_lists_every_key_and_all_is_done_without_a_mouse(open_view):
    page = open_view("networks=cifar/basic-20")
    press(page, "?")
    keys = page.locator(".help kbd").all_inner_texts()
    assert {"Space", "+", "−", "←", "↑", "→", "↓", "Enter", "/", "n", "N", "Esc", "?"} <= set(keys)
    page.keyboard.press("Escape")
    expect(page.locator(".help")).to_be_hidden()
    expect(page.locator(".canvas")).to_be_focused()
    press(page, "Enter")
    expect(page.locator(".marked")).to_have_count(1)
    name = page.locator(".marked").get_attribute("id").partition(":")[2]
    expect(page.locator(".spoken")).to_contain_text(name)
    assert page.locator(".canvas").get_attribute("aria-activedescendant").endswith(name)
    press(page, "i")
    expect(page.get_by_role("tooltip")).to_be_visible()
    expect(page.get_by_label("Residual-20, drawn")).to_be_visible()


# --- Colours -------------------------------------------------------------------------------------------------------------


def dyed(page):
    """Fill and ink of every coloured node, as [r, g, b]."""
    read = """nodes => nodes.filter(node => /^#/.test(node.style.getPropertyValue('--fill'))).map(node =>
        [getComputedStyle(node.querySelector('rect')).fill, getComputedStyle(node.querySelector('text')).fill]
        .map(text => text.match(/[\\d.]+/g).map(Number)))"""
    return page.locator("g.node").evaluate_all(read)


def contrast(one, other):
    linear = lambda part: part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: E731
    light = sorted(sum(w * linear(p / 255) for w, p in zip((0.2126, 0.7152, 0.0722), rgb)) for rgb in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_recolouring_moves_nothing_and_texts_stay_legible(open_view, page, scheme):
    page.emulate_media(color_scheme=scheme)
    open_view("networks=cifar/basic-56&overlays=1")
    page.get_by_role("button", name="Zoom in").click()
    before = transform(page)
    page.locator("g.node").evaluate_all("nodes => nodes.forEach(node => (node.same = true))")
    page.get_by_label("Colour by").select_option("MACs")
    expect(page.locator(".legend strong")).to_have_text("MACs")
    colours = dyed(page)
    assert len({tuple(fill) for fill, _ in colours}) > 3
    assert min(contrast(fill, ink) for fill, ink in colours) >= 4.5
    assert transform(page) == before
    assert page.locator("g.node").evaluate_all("nodes => nodes.every(node => node.same)")
    wait_for_query(page, colour="macs")
    assert transform(page) == before
    assert page.locator("g.node").evaluate_all("nodes => nodes.every(node => node.same)")


def test_the_legend_tells_the_scale_and_what_has_no_value(open_view):
    page = open_view("networks=cifar/basic-20&overlays=1&colour=macs")
    expect(page.locator(".legend")).to_contain_text("MACs, log")
    assert page.locator(".tick").all_inner_texts() == ["1k", "10k", "100k", "1M"]
    expect(page.locator(".legend")).to_contain_text("layers have no value")
    item(page, "layer:layer1.0.conv1").hover()
    expect(page.locator(".card .value")).to_have_text("MACs: 7.08M")
    page.get_by_label("Colour by").select_option("Receptive field")
    expect(page.locator(".legend .unit")).to_have_text("pixels, log")
    page.get_by_label("Colour by").select_option("Decay")
    expect(page.locator(".legend")).to_contain_text("1 layer has no value")
    expect(page.locator(".legend")).to_contain_text("1 not a number")
    item(page, "layer:conv1").hover()
    expect(page.locator(".card .value")).to_have_text("Decay: not a number (NaN)")
    page.get_by_label("Colour by").select_option("Kind of layer")
    expect(page.locator(".legend")).to_contain_text("convolution")


def lightness(red, green, blue):
    """Of a colour, in OKLab: from 0 to 1, even to the eye."""
    r, g, b = (((part / 255 + 0.055) / 1.055) ** 2.4 if part > 10.3 else part / 255 / 12.92 for part in (red, green, blue))
    long, middle, short = (0.4122 * r + 0.5363 * g + 0.0514 * b, 0.2119 * r + 0.6807 * g + 0.1074 * b, 0.0883 * r + 0.2817 * g + 0.63 * b)
    return 0.2105 * long ** (1 / 3) + 0.7936 * middle ** (1 / 3) - 0.0041 * short ** (1 / 3)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_equal_steps_of_a_value_are_equal_steps_of_lightness_away_from_the_background(open_view, page, scheme):
    page.emulate_media(color_scheme=scheme)
    open_view("networks=cifar/basic-20&overlays=1&colour=macs")
    ramp = page.locator(".ramp").evaluate("ramp => getComputedStyle(ramp).backgroundImage")
    light = [lightness(*map(int, colour)) for colour in re.findall(r"rgb\((\d+), (\d+), (\d+)\)", ramp)]
    steps = [after - before for before, after in zip(light, light[1:])]
    mean = sum(steps) / len(steps)
    assert len(steps) >= 16 and (mean > 0) == (scheme == "dark") and abs(mean) > 0.03
    assert all(0.5 < step / mean < 1.5 for step in steps)


def test_an_overlay_without_values_has_the_colours_of_the_kinds_and_says_what_it_waits_for(open_view):
    page = open_view("networks=cifar/basic-20&overlays=1&colour=macs&slow=1")
    assert dyed(page)
    page.get_by_label("Colour by").select_option("Later")
    expect(page.locator(".legend")).to_contain_text("Still to come")
    assert dyed(page) == []
    wait_for_query(page, colour="later")
    expect(page.locator("g.node.dyed")).to_have_count(0)
    expect(page.locator(".legend")).to_contain_text("Still to come")


def test_the_scrubber_shows_every_step_and_plays_to_the_end(open_view):
    page = open_view("networks=cifar/basic-20&overlays=1&colour=decay")
    slider, shown = page.get_by_role("slider", name="Step"), page.locator(".steps output")
    expect(shown).to_have_text("40")
    last = dyed(page)
    slider.fill("0")
    expect(shown).to_have_text("0")
    assert dyed(page) != last
    wait_for_query(page, step="0")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(shown).to_have_text("40")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert dyed(page) == last
    wait_for_query(page, step="40")


# --- Two networks --------------------------------------------------------------------------------------------------------


def test_linked_views_move_and_open_in_step_and_select_by_themselves(open_view):
    page = open_view("networks=cifar/basic-20,cifar/plain-20")
    cameras, views = page.locator("g.camera"), page.locator(".view")
    expect(cameras).to_have_count(2)
    views.nth(1).locator("g.node").first.wait_for()
    scales = lambda: [float(re.search(r"scale\(([\d.]+)", cameras.nth(i).get_attribute("transform"))[1]) for i in (0, 1)]  # noqa: E731
    views.nth(0).get_by_role("button", name="Fit the whole network").click()
    before = scales()
    assert before[0] == before[1]
    views.nth(1).get_by_role("button", name="Zoom in").click()
    assert scales() == pytest.approx([1.25 * one for one in before])
    views.nth(0).get_by_role("radio", name="Blocks").click()
    for number in (0, 1):
        expect(views.nth(number).get_by_role("radio", name="Blocks")).to_be_checked()
        expect(views.nth(number).locator('[id="group:layer1.1"]')).to_be_attached()
    wait_for_query(page, detail="blocks")
    assert [event for event in heard(page) if event[0] == "detail"][-1] == ["detail", "blocks"]


def test_a_selection_in_one_of_linked_views_is_its_own(open_view):
    page = open_view("networks=cifar/basic-20,cifar/plain-20&deaf=1")
    views = page.locator(".view")
    views.nth(1).locator('[id="layer:conv1"]').click()
    assert ["select", "conv1"] in poll(page, lambda: heard(page))
    expect(views.nth(1).locator(".marked")).to_have_count(1)
    expect(views.nth(0).locator(".marked")).to_have_count(0)


def test_differences_bear_a_colour_and_a_sign(open_view):
    marks = {
        "layers": {"conv1": ["changed", "16 channels, there 32"], "layer2.0.conv1": ["added", "only here"], "fc": ["removed", "gone there"],
                   "layer1.2.conv1": ["added", "only here"]},
        "edges": [["layer1.2.relu2", "layer2.0.conv1", "added"]],
    }
    page = open_view(f"networks=cifar/basic-20&marks={json.dumps(marks)}")
    for id, mark in (("layer:conv1", "changed"), ("layer:layer2.0.conv1", "added"), ("layer:fc", "removed")):
        expect(item(page, id)).to_have_class(re.compile(rf"\b{mark}\b"))
        expect(page.locator(f".badge.{mark}").first).to_be_visible()
    expect(page.locator("path.line.added")).to_have_count(1)
    strokes = page.locator("g.node:is(.added, .removed, .changed) > rect").evaluate_all("all => all.map(one => getComputedStyle(one).stroke)")
    assert len(set(strokes)) == 3
    signs = page.locator(".badge path").evaluate_all("all => new Set(all.map(one => one.getAttribute('d'))).size")
    assert signs == 3
    # One of the three blocks that a fold shows as one.
    expect(item(page, "layer:layer1.0.conv1")).to_have_class(re.compile(r"\bchanged\b"))
    item(page, "layer:layer1.0.conv1").hover()
    expect(page.locator(".card .difference")).to_have_text("only here (1 of 3)")
    item(page, "layer:conv1").hover()
    expect(page.locator(".card .difference")).to_have_text("16 channels, there 32")


# --- Page and reader -------------------------------------------------------------------------------------------------


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


# --- Large networks ------------------------------------------------------------------------------------------------------

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


# --- What it looks like ------------------------------------------------------------------------------------------------

PICTURES = {
    "folded": "networks=cifar/basic-56&select=layer2.0.conv2&find=pad",
    "far": "networks=imagenet/bottleneck-152&detail=layers&overlays=1&colour=macs",
    "marks": 'networks=cifar/basic-20&marks={"layers":{"conv1":["changed",""],"layer2.0.add":["added",""],"fc":["removed",""]},'
             '"edges":[["layer2.0.relu2","layer2.1.add","added"]]}',
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PICTURES)
def test_it_looks_as_it_did(open_view, page, request, name, scheme):
    page.emulate_media(color_scheme=scheme)
    open_view(PICTURES[name])
    press(page, " ")
    page.locator(".canvas").blur()
    page.wait_for_timeout(800)
    view = page.locator(".view").screenshot(animations="disabled")
    check_golden(f"network_{name}_{scheme}", view, request.config.getoption("--refresh"))


def test_another_layout_would_not_look_as_it_did(open_view):
    page = open_view("networks=cifar/basic-20")
    before = picture(page.locator(".view").screenshot())
    assert difference(before, picture(page.locator(".view").screenshot())) <= TOLERANCE
    item(page, "group:layer1.0-2").locator(".handle").click()
    expect(item(page, "group:layer1.1")).to_be_visible()
    assert difference(before, picture(page.locator(".view").screenshot())) > TOLERANCE
    item(page, "group:layer1.0-2").locator(".handle").click()
    expect(item(page, "group:layer1.1")).to_have_count(0)
    page.locator(".canvas").evaluate("canvas => canvas.querySelector('.nodes').setAttribute('transform', 'translate(0 6)')")
    assert difference(before, picture(page.locator(".view").screenshot())) > TOLERANCE

"""The network view in a real browser: overlays and their legend, two networks side by side, and what it all looks like."""

import json
import re

import pytest
from network_reading import heard, item, poll, press, transform, wait_for_query
from pictures import TOLERANCE, check_golden, difference, picture
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


# --- Colours ---------------------------------------------------------------------------------------------------------------


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


# --- Two networks ----------------------------------------------------------------------------------------------------------


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


# --- What it looks like ----------------------------------------------------------------------------------------------------

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

"""The network view in a real browser: selecting, walking along the lines, searching, and the card of a node."""

import re

import pytest
from network_reading import item, press, wait_for_query
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


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

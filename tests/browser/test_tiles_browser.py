"""The grid of pictures in a real Chromium: picking by mouse and by keys, what is read out, how large pixels are shown."""

import pytest
from patience import wait_until
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def grid(page, serve):
    page.goto(serve("tiles_app.py"))
    expect(page.get_by_role("option")).to_have_count(5)
    return page


def picked(page):
    return page.get_by_role("option", selected=True)


def expect_picked(page, name):
    """In the grid, in the page that was told, and in its address."""
    expect(picked(page)).to_have_count(1)
    expect(picked(page)).to_contain_text(name)
    expect(page.get_by_text(f"picked {name}", exact=True)).to_be_visible()
    page.wait_for_function("name => new URLSearchParams(location.search).get('picked') === name", arg=name)


def test_a_picture_is_picked_with_the_mouse(grid):
    expect(grid.get_by_role("listbox", name="Colours")).to_be_visible()
    expect(picked(grid)).to_contain_text("red")
    grid.get_by_role("option", name="green").click()
    expect_picked(grid, "green")
    grid.go_back()
    expect(picked(grid)).to_contain_text("red")


def test_rows_are_equally_long_and_leave_none_alone(grid):
    rows = """all => Object.values(Object.groupBy(all, (one) => one.offsetTop)).map((row) => row.length)"""
    for room, found in ((330, [3, 2]), (430, [3, 2]), (560, [5]), (100, [1] * 5)):
        grid.locator(".tiles").evaluate("(grid, room) => { grid.style.width = `${room}px`; }", room)
        options = grid.get_by_role("option")
        wait_until(lambda: options.evaluate_all(rows) == found, 10)


def test_keys_walk_in_two_directions_and_the_tab_key_comes_to_the_picked_one(grid):
    grid.get_by_role("option", name="red").focus()
    grid.keyboard.press("ArrowRight")
    expect_picked(grid, "blue")
    grid.keyboard.press("ArrowDown")  # three in a row
    expect_picked(grid, "grey")
    grid.keyboard.press("ArrowDown")  # nothing is below
    grid.keyboard.press("Home")
    expect_picked(grid, "red")
    grid.keyboard.press("ArrowUp")
    for _ in range(4):
        grid.keyboard.press("ArrowRight")
    expect_picked(grid, "grey")
    expect(picked(grid)).to_be_focused()
    stops = grid.get_by_role("option").evaluate_all("all => all.map((one) => one.tabIndex)")
    assert stops == [-1, -1, -1, -1, 0]


def test_what_is_only_looked_at_cannot_be_picked(grid):
    grid.get_by_role("button", name="Some to look at").click()
    seen = grid.get_by_role("list", name="To look at").get_by_role("listitem")
    expect(seen).to_have_count(5)
    expect(seen.first).to_have_attribute("title", "red\n<b>red</b> *and* so on")
    assert seen.evaluate_all("all => all.map((one) => [one.tagName, one.tabIndex])") == [["DIV", -1]] * 5
    expect(grid.get_by_role("option")).to_have_count(5)


def test_texts_are_no_markup(grid):
    expect(grid.get_by_role("option", name="blue").locator("small")).to_have_text("<b>blue</b> *and* so on")


def test_few_pixels_are_squares_and_many_are_smoothed(grid):
    grid.get_by_role("button", name="One more").click()
    expect(grid.get_by_role("option")).to_have_count(6)
    rendering = "image => getComputedStyle(image).imageRendering"
    assert grid.get_by_role("option", name="red").locator("img").evaluate(rendering) == "pixelated"
    large = grid.get_by_role("option", name="large").locator("img")
    assert large.evaluate(rendering) == "auto"
    width, height, fit = large.evaluate("image => [image.clientWidth, image.clientHeight, getComputedStyle(image).objectFit]")
    assert width == height >= 96 and fit == "contain"

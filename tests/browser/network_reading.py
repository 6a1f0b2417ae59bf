"""What the tests of the network view do to it, and read from it."""

import json
import re


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

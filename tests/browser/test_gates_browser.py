"""Highway gates in a real browser: the curve fills in by itself, the slider is in the address, pictures stand below the map."""

import pytest
from patience import PATIENCE, wait_until
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def plot(page, title):
    return page.locator("figure.explorer-chart", has=page.locator(f"strong:text-is('{title}')")).locator(".explorer-chart-plot")


def wait_for(plot, condition):
    wait_until(lambda: plot.evaluate(f"plot => plot.layout !== undefined && ({condition})(plot)"))


def test_the_gates_of_the_shipped_net_are_pushed(page, app_url):
    page.set_viewport_size({"width": 1280, "height": 3000})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{app_url}/gradients?view=gates&pictures=50&push=-100")
    error = plot(page, "Error with the gates pushed")
    expect(error.locator(".trace").first).to_be_visible(timeout=PATIENCE)
    expect(plot(page, "The gates for one picture after another").locator(".layer-above image")).to_have_count(20)

    page.get_by_role("slider", name="Push").focus()
    page.keyboard.press("End")
    page.wait_for_url(lambda url: "push=100" in url)
    wait_for(error, "plot => plot.layout.shapes[0].x0 === 100")
    wait_for(error, "plot => plot.data[0].x.length === 21")
    expect(page.get_by_text("pushes measured")).to_be_hidden()
    at = error.evaluate("plot => Object.fromEntries(plot.data[0].x.map((push, place) => [push, plot.data[0].y[place]]))")
    assert at["0"] < 10 and at["-100"] > 50 and at["100"] > 50
    expect(page.get_by_text("At 100% the chosen picture is taken for")).to_be_visible()

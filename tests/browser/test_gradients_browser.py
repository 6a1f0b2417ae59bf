"""The Gradient flow page in a real browser: measured in seconds, its choice in the address, its data to download."""

import csv

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ADDRESS = "/gradients?networks=cifar/plain-8%3Fwidth%3D4&networks=cifar/basic-8%3Fwidth%3D4&steps=2"


# For two busy cores: torch is imported, and eight measurements are made.
PATIENCE = 120_000


def test_gradients_are_drawn_chosen_by_the_address_and_downloaded(page, app_url):
    page.set_default_timeout(PATIENCE)
    page.goto(app_url + ADDRESS)
    plot = page.locator(".explorer-chart-plot")
    expect(plot.locator(".trace").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("thin: step 0; bold: step 2")).to_be_visible()
    assert plot.evaluate("plot => [plot.layout.yaxis.type, plot.layout.yaxis2.type]") == ["log", "log"]
    assert plot.evaluate("plot => plot.data.length") == 8

    page.get_by_test_id("stButtonGroup").get_by_text("without", exact=True).click()
    page.wait_for_url(lambda url: "norm=without" in url)
    page.wait_for_function("document.querySelector('.explorer-chart-plot').data.length === 4")
    page.reload()
    expect(plot.locator(".trace").first).to_be_visible(timeout=PATIENCE)
    assert plot.evaluate("plot => plot.data.length") == 4

    with page.expect_download() as download:
        page.get_by_role("button", name="Save the data of this chart").click()
    with open(download.value.path(), newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["series", "layer, counted from the input", "gradient norm ‖∂L/∂W‖₂", "label"]
    assert rows[1][0] == "Plain-8, step 0" and rows[1][1] == "1"
    assert float(rows[1][2]) > 0
    assert rows[1][3] == "conv1 (conv), without BN"
    assert len(rows) == 1 + 4 * 8

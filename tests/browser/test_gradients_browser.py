"""The gradient lab's view "At initialisation" in a real browser: measured in seconds, its choice in the address, its data to take away."""

import csv
import re

import pytest
from network_reading import item
from patience import PATIENCE
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NETWORKS = "networks=cifar/plain-8%3Fwidth%3D4,cifar/basic-8%3Fwidth%3D4"


def data_of(page):
    return page.locator(".explorer-chart-plot").evaluate("plot => plot.data")


def wait_for_traces(page, count):
    page.wait_for_function("count => document.querySelector('.explorer-chart-plot')?.data?.length === count", arg=count)


def test_gradients_are_drawn_chosen_by_the_address_and_downloaded(patient, app_url):
    page = patient
    page.goto(f"{app_url}/gradients?{NETWORKS}&step=2")
    expect(page.get_by_text("thin: step 0; bold: step 2")).to_be_visible(timeout=PATIENCE)
    wait_for_traces(page, 8)
    assert page.locator(".explorer-chart-plot").evaluate("plot => [plot.layout.yaxis.type, plot.layout.yaxis2.type]") == ["log", "log"]
    expect(page.locator("div.view")).to_have_count(4)

    page.get_by_test_id("stButtonGroup").get_by_text("without", exact=True).click()
    page.wait_for_url(lambda url: "norm=without" in url)
    wait_for_traces(page, 4)
    page.get_by_role("button", name="Logarithmic y axis").click()
    page.wait_for_url(lambda url: "log=none" in url)
    page.reload()
    wait_for_traces(page, 4)
    assert page.locator(".explorer-chart-plot").evaluate("plot => plot.layout.yaxis.type") == "linear"

    with page.expect_download() as download:
        page.get_by_role("button", name="Save the data of this chart").click()
    with open(download.value.path(), newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["series", "layer, counted from the input", "gradient norm ‖∂L/∂W‖₂", "label"]
    assert rows[1][:2] == ["Plain-8, step 0", "1"] and float(rows[1][2]) > 0 and rows[1][3] == "conv1 (conv), without BN"
    assert len(rows) == 1 + 4 * 8


def test_a_layer_selected_in_a_drawing_is_marked_in_the_chart_and_what_diverges_is_written_there(patient, app_url):
    page = patient
    # Without BN the activations of a deep residual net overflow.
    page.goto(f"{app_url}/gradients?networks=cifar/basic-110%3Fwidth%3D4,cifar/plain-8%3Fwidth%3D4&norm=without&step=2&detail=layers")
    expect(page.get_by_text("thin: step 0; bold: step 2")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".explorer-chart-plot .annotation-text").filter(has_text="NaN").first).to_be_visible()
    assert "NaN" in data_of(page)[1]["y"]
    expect(page.get_by_text(re.compile("this network diverges")).first).to_be_visible()

    item(page, "layer:layer1.0.conv2").last.click()
    page.wait_for_url(lambda url: "layer=layer1.0.conv2" in url)
    page.wait_for_function("document.querySelector('.explorer-chart-plot').layout.shapes.some(shape => shape.x0 === 3 && shape.x1 === 3)")

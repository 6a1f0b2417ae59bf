"""The gradient lab's view of shattered gradients in a real browser: figures that grow, a scale and a distance in the address, the data."""

import csv

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ADDRESS = "view=shattering&networks=cifar/plain-8%3Fwidth%3D4,cifar/basic-8%3Fwidth%3D4&norm=both&points=33&seeds=1&deepest=20"


def chart(page, key):
    return page.locator(f".st-key-shattering-{key}-beside .explorer-chart")


def wait_for(page, key, shown):
    """`shown` is JavaScript about the chart's `plot`."""
    plots = f"[...document.querySelectorAll('.st-key-shattering-{key}-beside .explorer-chart-plot')]"
    page.wait_for_function(f"{plots}.some(plot => plot.data?.length && {shown})")


def test_figures_grow_until_all_is_measured_and_the_address_shows_them_again(patient, app_url):
    page = patient
    page.goto(f"{app_url}/gradients?{ADDRESS}")
    wait_for(page, "slopes", "plot.data.length === 6")
    wait_for(page, "depth", "plot.data.length === 4 && plot.data.every(trace => trace.x.join() === '8,14,20')")
    expect(page.get_by_test_id("stProgress")).to_have_count(0)

    chart(page, "depth").get_by_role("button", name="Log").first.click()
    page.wait_for_url(lambda url: "log=depth" in url)
    page.reload()
    wait_for(page, "depth", "plot.layout.yaxis.type === 'log' && plot.layout.yaxis2.type === 'log'")
    wait_for(page, "distance", "plot.layout.yaxis.type === 'linear' && plot.layout.shapes[0].x0 === 0.01")

    with page.expect_download() as download:
        chart(page, "distance").get_by_role("button", name="Save the data of this chart").click()
    with open(download.value.path(), newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0][:3] == ["series", "distance as a share of the way to another picture", "mean cosine between their gradients"]
    assert rows[1][0].startswith("Plain, 20 layers") and len(rows) == 1 + 4 * 9

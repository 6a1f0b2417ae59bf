"""Lesions in a real browser: a block is switched off by a click, the errors and the answers follow, and Back heals it."""

import re

import pytest
from patience import PATIENCE
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_click_switches_a_block_off_and_back_switches_it_on(page, app_url):
    page.set_default_timeout(PATIENCE)
    page.goto(f"{app_url}/gradients?view=lesions&model=mnist-residual-20&sample=digit-7")
    residual, plain = page.get_by_test_id("stMetric").nth(0), page.get_by_test_id("stMetric").nth(1)
    expect(plain).to_contain_text("Plain-20: validation error", timeout=PATIENCE)
    expect(page.get_by_text(re.compile("Residual-20, whole: .* the picture is 7"))).to_be_visible(timeout=PATIENCE)
    assert error(residual) < 5 > error(plain)
    page.locator(".st-key-lesion-off-layer1 button").nth(1).click()
    page.wait_for_url(re.compile("off=layer1.1"))
    expect(page.get_by_text("Both networks without layer1.1.")).to_be_visible(timeout=PATIENCE)
    expect(plain).to_contain_text("points")
    assert error(residual) < 20 < 60 < error(plain)
    # Each block in turn is drawn, with its data to take away.
    chart = page.locator(".explorer-chart", has_text="Without each block in turn")
    expect(chart.locator(".scatterlayer .trace")).to_have_count(4, timeout=PATIENCE)
    with page.expect_download() as download:
        chart.get_by_role("button", name="Save the data of this chart").click()
    assert download.value.suggested_filename == "lesions-each.csv"
    page.go_back()
    expect(page.get_by_text(re.compile("Residual-20, whole"))).to_be_visible(timeout=PATIENCE)


def error(metric) -> float:
    return float(re.search(r"([\d.]+)%", metric.inner_text()).group(1))

"""Signal propagation in a real browser: the scale is kept in the address, the data are saved with what they are."""

import csv

from patience import PATIENCE
from playwright.sync_api import expect
from pytest import mark

pytestmark = mark.browser

NETWORKS = "networks=cifar/plain-8%3Fwidth%3D4,cifar/basic-8%3Fwidth%3D4"


def test_a_scale_and_a_switch_are_kept_in_the_address_and_the_data_are_saved(page, app_url):
    page.set_default_timeout(PATIENCE)
    page.goto(f"{app_url}/gradients?view=propagation&{NETWORKS}&pictures=16")
    figures = page.locator(".explorer-chart")
    expect(figures).to_have_count(3, timeout=PATIENCE)
    scales = "figure => ['yaxis', 'yaxis2'].map(axis => figure.querySelector('.explorer-chart-plot').layout?.[axis].type)"
    branch = figures.nth(1)
    expect(branch.locator(".trace").first).to_be_visible(timeout=PATIENCE)
    assert branch.evaluate(scales) == ["linear", "linear"]

    branch.get_by_role("button", name="Logarithmic y axis").click()
    page.wait_for_url(lambda url: "log=branch" in url)
    page.wait_for_function(f"({scales})(document.querySelectorAll('.explorer-chart')[1]).join() === 'log,linear'")

    page.get_by_text("Without BN", exact=True).click()
    page.wait_for_url(lambda url: "norm=none" in url and "log=branch" in url)
    expect(figures.first.get_by_text("Plain-8 without BN")).to_be_visible(timeout=PATIENCE)
    with page.expect_download() as download:
        figures.first.get_by_role("button", name="Save the data of this chart").click()
    with open(download.value.path(), newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header == ["series", "block, counted from the input", "value", "quantity", "label"]
    assert [row[0] for row in rows] == ["Plain-8 without BN"] * 6 + ["Residual-8 without BN"] * 6
    assert rows[0][1] == "1" and rows[0][3:] == ["average channel squared mean", "layer1.0"]
    assert rows[3][3:] == ["average channel variance", "layer1.0"]

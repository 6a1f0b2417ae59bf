"""The loss surface in a real browser: started, filled in, turned about, drawn as contours, downloaded, reopened by its address."""

import csv

import pytest
from patience import PATIENCE
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ADDRESS = "/gradients?view=surface&models=mnist-residual-20&points=5&pictures=100"
CAMERA = "plot => plot._fullLayout.scene.camera.eye.x"


def test_a_surface_is_measured_turned_about_downloaded_and_reopened(page, app_url):
    page.set_default_timeout(PATIENCE)
    page.goto(app_url + ADDRESS)
    page.get_by_role("button", name="Measure").click()
    page.wait_for_url(lambda url: "shown=" in url)
    plot = page.locator(".explorer-chart-plot")
    page.wait_for_function("document.querySelector('.explorer-chart-plot')?.data?.[0]?.type === 'surface'")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_text("at the centre")).to_be_visible()
    expect(page.get_by_text("still to be measured")).to_have_count(0)
    expect(plot.locator("canvas").first).to_be_visible()

    before = plot.evaluate(CAMERA)
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 80, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()
    page.wait_for_function(f"before => Math.abs(({CAMERA})(document.querySelector('.explorer-chart-plot')) - before) > 0.05", arg=before)
    turned = plot.evaluate(CAMERA)
    page.get_by_text("Logarithmic", exact=True).click()
    page.wait_for_url(lambda url: "log=off" in url)
    page.wait_for_function("document.querySelector('.explorer-chart-plot').layout.scene.zaxis.type === 'linear'")
    assert plot.evaluate(CAMERA) == pytest.approx(turned, abs=0.05)  # the reader's place stays

    page.get_by_test_id("stButtonGroup").get_by_text("Contours", exact=True).click()
    page.wait_for_url(lambda url: "form=contour" in url)
    page.wait_for_function("document.querySelector('.explorer-chart-plot')?.data?.[0]?.type === 'contour'")
    page.get_by_text("Logarithmic", exact=True).click()
    page.wait_for_url(lambda url: "log=off" not in url)
    page.wait_for_function("document.querySelector('.explorer-chart-plot').data[0].z[2][2] < 0")  # a logarithm
    page.reload()
    page.wait_for_function("document.querySelector('.explorer-chart-plot')?.data?.[0]?.type === 'contour'")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the data of this chart").click()
    with open(download.value.path(), newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    assert header == ["series", "first direction (filter lengths)", "second direction (filter lengths)", "cross-entropy loss"]
    assert len(rows) == 25 and rows[12][:3] == ["Residual-20 on MNIST-5k", "0", "0"] and 0 < float(rows[12][3]) < 0.5


def test_kept_surfaces_are_shown_hidden_deleted_and_brought_back_without_reloading(page, app_url):
    page.set_default_timeout(PATIENCE)
    for seed in (1, 2):
        page.goto(f"{app_url}{ADDRESS}&dims=1&seed={seed}")
        page.get_by_role("button", name="Measure").click()
        page.wait_for_url(lambda url: "shown=" in url)
        expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=PATIENCE)
        expect(page.get_by_text("at the centre")).to_have_count(1, timeout=PATIENCE)
    readings, kept = page.get_by_text("at the centre"), page.get_by_test_id("stExpander").filter(has_text="Kept surfaces")
    kept.get_by_text("Kept surfaces").click()
    kept.locator("[class*=st-key-show-]").nth(1).get_by_role("button", name="Show").click()
    expect(readings).to_have_count(2, timeout=PATIENCE)
    page.wait_for_function("document.querySelector('.explorer-chart-plot').data.length === 2")
    kept.locator("[class*=st-key-show-]").nth(1).get_by_role("button", name="Hide").click()
    expect(readings).to_have_count(1, timeout=PATIENCE)
    delete = kept.locator("[class*=st-key-delete-]")
    before = delete.count()
    delete.first.get_by_role("button").click()
    expect(delete).to_have_count(before - 1, timeout=PATIENCE)
    page.get_by_role("button", name="Undo").click()
    expect(delete).to_have_count(before, timeout=PATIENCE)

"""Grad-CAM in a real browser: opened from the answer, its strength under the hand, places read in two networks at once, taken away."""

import csv
import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def figures(patient, app_url):
    """Grad-CAM of two networks on a picture that is wider than high."""
    patient.goto(f"{app_url}/classify?view=heat&model=cifar10-residual-20,cifar10-plain-20&sample=coffee")
    found = patient.locator("figure:has(.stage)")
    expect(found).to_have_count(2)
    return found


def test_grad_cam_is_opened_from_the_answer(patient, app_url):
    patient.goto(f"{app_url}/classify?model=cifar10-residual-20,cifar10-plain-20&sample=coffee")
    patient.get_by_role("radio", name="Where it looks").click()
    patient.wait_for_url(re.compile("view=heat"))
    figures = patient.locator("figure:has(.stage)")
    expect(figures).to_have_count(2)
    expect(figures.nth(0).locator("figcaption")).to_contain_text("Residual-20")


def test_the_slider_covers_both_pictures_at_once_and_the_address_comes_after(patient, figures):
    slider = patient.get_by_role("slider", name="Strength of the overlay")
    slider.focus()
    slider.press("End")
    for figure in (figures.nth(0), figures.nth(1)):
        expect(figure.locator("img").nth(1)).to_have_css("opacity", "1")
    patient.wait_for_url(re.compile("strength=100"))
    expect(slider).to_have_value("100")


def test_a_place_pointed_at_in_one_is_read_in_both(figures):
    stage = figures.nth(0).locator(".stage")
    box = stage.bounding_box()
    stage.hover(position={"x": box["width"] / 2, "y": box["height"] / 4})
    for figure in (figures.nth(0), figures.nth(1)):
        expect(figure.locator(".read")).to_have_text(re.compile(r"^Here: −?[\d.]+(e-\d+)? logits$"))
        expect(figure.locator(".mark")).to_be_visible()
    stage.hover(position={"x": 3, "y": box["height"] / 2})
    expect(figures.nth(1).locator(".read")).to_have_text("Here: not seen by the network")


def test_arrow_keys_begin_in_the_middle_and_escape_lets_go(figures):
    stage = figures.nth(0).locator(".stage")
    stage.press("ArrowRight")
    expect(figures.nth(1).locator(".read")).to_have_text(re.compile("logits$"))
    stage.press("Escape")
    expect(figures.nth(1).locator(".mark")).to_be_hidden()


def test_values_and_picture_are_taken_away(patient, figures):
    with patient.expect_download() as table:
        figures.nth(0).get_by_role("button", name="CSV").click()
    rows = list(csv.reader(io.StringIO(table.value.path().read_text())))
    assert rows[0] == ["row", "column", "logits"] and [row[:2] for row in rows[1:]] == [[str(n // 8), str(n % 8)] for n in range(64)]
    patient.get_by_role("slider", name="Strength of the overlay").press("End")
    with patient.expect_download() as picture:
        figures.nth(0).get_by_role("button", name="PNG").click()
    assert picture.value.suggested_filename == "gradcam-Residual-20.png"
    image = Image.open(picture.value.path()).convert("RGB")
    assert image.width > image.height
    # Under the strongest overlay the rest is grey, and what is hot has colour.
    spread = np.ptp(np.asarray(image).astype(int), axis=2).ravel()
    assert spread.max() > 80 and spread[0] <= 2


def test_occlusion_shows_how_far_it_is_and_can_be_left(patient, app_url):
    patient.goto(f"{app_url}/classify?view=heat&model=mnist-residual-56&sample=digit-7&method=occlusion&window=8")
    expect(patient.get_by_role("progressbar").or_(patient.locator("figure:has(.stage)")).first).to_be_visible()
    patient.get_by_role("radio", name="Grad-CAM").click()
    expect(patient.locator("figure .legend")).to_contain_text("logits")
    patient.get_by_role("radio", name="Occlusion").click()
    expect(patient.locator("figure .legend")).to_contain_text("points")
    assert "method=occlusion" in patient.url


def test_in_half_a_window_every_choice_is_in_sight(patient, app_url):
    """None is cut off by the row it stands in, or has to be scrolled to."""
    patient.set_viewport_size({"width": 760, "height": 900})
    patient.goto(f"{app_url}/classify?view=heat&model=cifar10-residual-20,cifar10-plain-20&method=occlusion&window=2")
    expect(patient.locator("figure:has(.stage)")).to_have_count(2)
    for name in ("Occlusion", "Its input", "One for all", "Camera", "Draw", "Many pictures"):
        choice = patient.get_by_role("radio", name=name, exact=True)
        expect(choice).to_be_visible()
        cut = choice.evaluate("""one => {
            const box = one.getBoundingClientRect();
            const around = [];
            for (let outer = one.parentElement; outer; outer = outer.parentElement) {
                if (getComputedStyle(outer).overflowX !== "visible") around.push(outer.getBoundingClientRect());
            }
            return [...around, { left: 0, right: innerWidth }].some(({ left, right }) => box.left < left - 1 || box.right > right + 1);
        }""")
        assert not cut, name

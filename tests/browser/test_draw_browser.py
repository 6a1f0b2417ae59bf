"""Drawing a digit in a real browser: classified while it is drawn, by mouse and by finger, taken back and emptied from the keyboard."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CANVAS = "Canvas to draw a digit on"
# The share of the canvas that is ink.
INK = """canvas => {
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return pixels.filter((value, at) => at % 4 === 0 && value > 127).length / (canvas.width * canvas.height);
}"""


@pytest.fixture
def drawing(patient, app_url):
    patient.goto(f"{app_url}/classify?model=mnist-residual-20&source=draw")
    canvas = patient.get_by_role("img", name=CANVAS)
    expect(canvas).to_be_visible()
    expect(answer(patient)).to_be_visible()  # of a sample, until something is drawn
    return patient, canvas


def answer(page):
    return page.get_by_role("heading", level=3).first


def says(page, digit):
    expect(answer(page)).to_have_text(re.compile(f"^{digit} · "), timeout=60_000)


def at_rest(page):
    """The page has heard of the last stroke and has run."""
    expect(page.locator(".whole:has(canvas)")).to_have_attribute("aria-busy", "false")
    page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()


def places(canvas, points):
    """Points in shares of the canvas as places on the page."""
    box = canvas.bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]


def stroke(page, canvas, *points, lift=True):
    first, *others = places(canvas, points)
    page.mouse.move(*first)
    page.mouse.down()
    for place in others:
        page.mouse.move(*place, steps=12)
    if lift:
        page.mouse.up()


def test_a_digit_is_classified_while_it_is_drawn(drawing):
    page, canvas = drawing
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    stroke(page, canvas, (0.3, 0.25), (0.7, 0.25), (0.45, 0.85), lift=False)
    says(page, 7)  # with the pen still down
    page.mouse.up()
    at_rest(page)
    seven = canvas.evaluate(INK)
    stroke(page, canvas, (0.4, 0.55), (0.7, 0.55))
    at_rest(page)
    assert canvas.evaluate(INK) > seven
    # The strokes go one by one, though the page has heard of them; then a one in their place.
    page.get_by_role("button", name="Undo").click()
    assert canvas.evaluate(INK) == seven
    page.get_by_role("button", name="Undo").click()
    assert canvas.evaluate(INK) == 0
    expect(page.get_by_role("button", name="Clear", exact=True)).to_be_disabled()
    stroke(page, canvas, (0.5, 0.15), (0.5, 0.85))
    says(page, 1)
    expect(page.get_by_text("transparent")).to_have_count(0)


def test_undo_clear_and_pens_are_reached_from_the_keyboard(drawing):
    page, canvas = drawing
    stroke(page, canvas, (0.3, 0.25), (0.7, 0.25))
    thin = canvas.evaluate(INK)
    page.get_by_role("radio", name="Medium pen").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Thick pen")).to_be_focused()
    expect(page.get_by_role("radio", name="Thick pen")).to_be_checked()
    stroke(page, canvas, (0.3, 0.75), (0.7, 0.75))
    assert canvas.evaluate(INK) > 2.2 * thin  # a stroke of the same length, and wider
    clear = page.get_by_role("button", name="Clear", exact=True)
    clear.focus()
    page.keyboard.press("Enter")
    assert canvas.evaluate(INK) == 0
    page.keyboard.press("Control+z")  # what was cleared comes back, then the strokes go one by one
    assert canvas.evaluate(INK) > 2.2 * thin
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    assert canvas.evaluate(INK) == pytest.approx(thin)


def test_what_was_drawn_last_is_kept_by_whoever_goes_on_at_once(drawing):
    page, canvas = drawing
    stroke(page, canvas, (0.3, 0.25), (0.7, 0.25))
    at_rest(page)
    stroke(page, canvas, (0.7, 0.25), (0.45, 0.85))
    ink = canvas.evaluate(INK)
    page.get_by_role("radio", name="Sample", exact=True).click()
    expect(canvas).to_have_count(0)
    page.get_by_role("radio", name="Draw", exact=True).click()
    page.wait_for_function(f"canvas => ({INK})(canvas) > 0", arg=page.get_by_role("img", name=CANVAS).element_handle())
    assert page.get_by_role("img", name=CANVAS).evaluate(INK) == pytest.approx(ink, abs=0.002)


def test_the_key_that_takes_strokes_back_works_after_a_stroke(drawing):
    page, canvas = drawing
    stroke(page, canvas, (0.3, 0.25), (0.7, 0.25))
    page.keyboard.press("Control+z")
    assert canvas.evaluate(INK) == 0


def test_a_finger_draws_and_does_not_scroll(drawing):
    page, canvas = drawing
    touch = page.context.new_cdp_session(page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    scrolled = page.evaluate("scrollY")
    along = [(0.3 + 0.04 * step, 0.25) for step in range(11)] + [(0.7 - 0.025 * step, 0.25 + 0.06 * step) for step in range(11)]
    first, *others = places(canvas, along)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": first[0], "y": first[1]}]})
    for x, y in others:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    says(page, 7)
    assert page.evaluate("scrollY") == scrolled


def test_the_drawing_outlives_a_change_of_view_and_of_model(drawing):
    page, canvas = drawing
    stroke(page, canvas, (0.3, 0.25), (0.7, 0.25), (0.45, 0.85))
    says(page, 7)
    ink = canvas.evaluate(INK)
    page.get_by_role("radio", name="Block by block").click()
    expect(page.get_by_text(re.compile(r"Residual-20 says 7 from "))).to_be_visible(timeout=60_000)
    assert canvas.evaluate(INK) == pytest.approx(ink, abs=0.002)
    page.get_by_role("radio", name="Sample", exact=True).click()
    expect(canvas).to_have_count(0)
    page.get_by_role("radio", name="Draw", exact=True).click()
    expect(page.get_by_role("img", name=CANVAS)).to_be_visible()
    page.wait_for_function(f"canvas => ({INK})(canvas) > 0", arg=page.get_by_role("img", name=CANVAS).element_handle())
    assert page.get_by_role("img", name=CANVAS).evaluate(INK) == pytest.approx(ink, abs=0.002)


def test_models_that_know_no_digits_lead_to_those_that_do(patient, app_url):
    page = patient
    page.goto(f"{app_url}/classify?model=cifar10-residual-20&source=draw")
    expect(page.get_by_text("None of the models chosen knows digits")).to_be_visible()
    page.get_by_role("button", name="Residual-20 on MNIST-5k, shipped").click()
    page.wait_for_url(re.compile("model=mnist-residual-20"))
    expect(page.get_by_text("None of the models chosen knows digits")).to_have_count(0)
    expect(page.get_by_role("img", name=CANVAS)).to_be_visible()

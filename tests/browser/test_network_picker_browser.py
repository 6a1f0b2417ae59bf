"""The network's controls in a real Chromium: the panel stays open while its options are tried, and keeps what was typed."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def picker(page, serve):
    page.goto(serve("network_picker_app.py"))
    expect(page.get_by_text("Chosen: cifar/basic-56")).to_be_visible()
    return page


def chosen(page, network):
    return expect(page.get_by_text(f"Chosen: {network}", exact=True))


def test_options_are_tried_and_taken_back_in_one_opened_panel(picker):
    picker.get_by_role("button", name="More").click()
    picker.get_by_role("dialog").get_by_role("radio", name="C", exact=True).check(force=True)
    chosen(picker, "cifar/basic-56?shortcut=C").to_be_visible()
    expect(picker.get_by_text("How the weights are drawn before training.")).to_be_visible()
    expect(picker.get_by_text("not the default, A")).to_be_visible()
    picker.get_by_role("dialog").get_by_role("radio", name="torch", exact=True).check(force=True)
    chosen(picker, "cifar/basic-56?shortcut=C&init=torch").to_be_visible()
    expect(picker.get_by_role("textbox", name="Network")).to_have_value("cifar/basic-56?shortcut=C&init=torch")
    expect(picker.get_by_text("Not at the default: shortcut, initialisation.")).to_be_visible()
    picker.get_by_role("button", name="Back to the defaults").click()
    chosen(picker, "cifar/basic-56").to_be_visible()
    expect(picker.get_by_text("Every option is at its default.")).to_be_visible()
    expect(picker.get_by_text("not the default,")).to_have_count(0)
    picker.go_back()
    chosen(picker, "cifar/basic-56?shortcut=C&init=torch").to_be_visible()


def test_a_value_that_cannot_be_is_refused_where_it_was_typed_and_can_be_mended(picker):
    picker.get_by_role("button", name="More").click()
    classes = picker.get_by_role("combobox", name="Classes")
    classes.fill("many")
    picker.keyboard.press("Enter")
    expect(picker.get_by_text("classes=many cannot be: use a whole number from 2 to 100,000.")).to_be_visible()
    expect(classes).to_have_value("many")
    chosen(picker, "cifar/basic-56").to_be_visible()
    classes.fill("12")
    picker.keyboard.press("Enter")
    chosen(picker, "cifar/basic-56?classes=12").to_be_visible()
    expect(picker.get_by_text("classes=many")).to_have_count(0)


def test_the_name_can_be_typed(picker):
    name = picker.get_by_role("textbox", name="Network")
    name.fill("imagenet/bottleneck-51?width=8")
    picker.keyboard.press("Enter")
    expect(picker.get_by_text("imagenet/bottleneck has no depth 51")).to_be_visible()
    expect(name).to_have_value("imagenet/bottleneck-51?width=8")
    name.fill("imagenet/bottleneck-50?width=8")
    picker.keyboard.press("Enter")
    chosen(picker, "imagenet/bottleneck-50?width=8").to_be_visible()
    expect(picker.get_by_text("has no depth 51")).to_have_count(0)


def test_the_panel_fits_into_the_window(picker):
    picker.set_viewport_size({"width": 700, "height": 700})
    picker.get_by_role("button", name="More").click()
    panel = picker.locator("[class*='-picker-panel']")
    box = panel.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 700


def test_the_labels_of_a_row_are_level(picker):
    picker.set_viewport_size({"width": 1900, "height": 900})
    picker.wait_for_function("""() => {
        const labels = [...document.querySelectorAll("[class*=one-height] [data-testid=stWidgetLabel]")].slice(0, 3);  // stem, block, depth
        return labels.length === 3 && new Set(labels.map((label) => Math.round(label.getBoundingClientRect().top))).size === 1;
    }""")

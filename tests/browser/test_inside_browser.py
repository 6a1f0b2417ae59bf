"""Feature maps in a real Chromium: a click on a channel enlarges it, keys walk on, and its numbers are taken away."""

import csv
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def inside(patient, app_url):
    patient.goto(f"{app_url}/classify?view=inside&look=maps&model=mnist-residual-20&sample=digit-7&top=8")
    expect(patient.get_by_role("option")).to_have_count(8)
    return patient


def asked(page, name):
    page.wait_for_function("name => new URLSearchParams(location.search).get(name)", arg=name)
    return page.evaluate("name => new URLSearchParams(location.search).get(name)", name)


def test_a_click_enlarges_a_channel_and_its_numbers_are_taken_away(inside, tmp_path):
    page = inside
    third = page.get_by_role("option").nth(2)
    number = third.locator("strong").inner_text().removeprefix("no. ")
    third.click()
    expect(page.get_by_text(re.compile(rf"^Channel {number}, the 3rd of 32 by mean activity"))).to_be_visible()
    assert asked(page, "channel") == f"layer2.2.relu2:{number}"
    expect(page.get_by_role("img", name=f"The map of channel {number}")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename == f"Residual-20-layer2.2.relu2-channel-{number}.csv"
    download.value.save_as(tmp_path / "map.csv")
    rows = list(csv.reader((tmp_path / "map.csv").open()))
    mean = sum(float(value) for row in rows for value in row) / 256
    assert len(rows) == 16 and {len(row) for row in rows} == {16}
    assert f"{mean:.3g}" == third.locator("small").inner_text()


def test_a_click_enlarges_a_channel_below_its_level(inside):
    page = inside
    page.get_by_role("radio", name="Low, mid and high level").click()
    expect(page.get_by_role("listbox")).to_have_count(3)
    high = page.get_by_role("listbox", name="The most active high level channels of Residual-20")
    high.get_by_role("option").nth(1).click()
    expect(page.get_by_text(re.compile(r"^Channel \d+, the 2nd of 64 by mean activity"))).to_be_visible()
    assert asked(page, "channel").startswith("layer3.2.relu2:")


def test_keys_walk_through_channels_and_another_depth_has_its_own(inside):
    page = inside
    page.get_by_role("option").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text(re.compile(r"^Channel \d+, the 2nd of 32 by mean activity"))).to_be_visible()
    page.get_by_role("radio", name="High", exact=True).click()
    expect(page.get_by_text(re.compile(r"^Channel \d+, the 1st of 64 by mean activity"))).to_be_visible()
    assert asked(page, "at") == "layer3.2"
    page.go_back()
    expect(page.get_by_text(re.compile(r"^Channel \d+, the 2nd of 32 by mean activity"))).to_be_visible()


def test_the_three_of_a_sum_stand_side_by_side(inside):
    page = inside
    page.get_by_role("radio", name="Where a shortcut comes back").click()
    titles = ("x", "F(x)", "F(x) + x", "after the ReLU")
    images = [page.get_by_role("img", name=re.compile(rf"^{re.escape(title)}, channel")) for title in titles]
    for image in images:
        expect(image).to_be_visible()
    boxes = [image.bounding_box() for image in images]
    assert len({round(box["y"]) for box in boxes}) == 1 and [box["x"] for box in boxes] == sorted(box["x"] for box in boxes)
    page.get_by_role("option").nth(4).click()
    assert re.fullmatch(r"layer2\.1\.add:\d+", asked(page, "added"))

"""Many pictures in a real browser: a row is chosen, its picture is seen large, and the other views look inside it."""

import re

import pytest
from patience import PATIENCE
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ADDRESS = "/classify?view=many&model=mnist-residual-20,mnist-plain-20&count=100"
BOXES, FIRST_ROW = 20, 66  # pixels: the middle of the column of boxes, and of the first row below the header


def test_a_row_leads_to_its_picture_and_into_the_other_views(patient, app_url):
    page = patient
    page.goto(f"{app_url}{ADDRESS}")
    expect(page.get_by_test_id("stMetric")).to_have_count(2, timeout=PATIENCE)
    table = page.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    table.click(position={"x": BOXES, "y": FIRST_ROW})
    expect(page.get_by_role("img", name="The picture: 0").first).to_be_visible()
    expect(page.get_by_text("· right")).to_have_count(2)
    page.wait_for_url(re.compile("picture=0%2F"))
    page.reload()  # what a person shares is the picture, too
    expect(page.get_by_text("· right")).to_have_count(2, timeout=PATIENCE)
    page.get_by_role("button", name="Look inside this answer").click()
    page.wait_for_url(re.compile("source=upload"))
    expect(page.get_by_role("radio", name="Answer", exact=True)).to_be_checked()
    assert "view=" not in page.url and "count=" not in page.url
    page.go_back()
    page.wait_for_url(re.compile("view=many"))
    expect(page.get_by_test_id("stMetric")).to_have_count(2)

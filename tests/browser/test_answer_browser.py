"""The answer view in a real browser: crops are chosen, shown each with its own answer, and in the address."""

import re

import pytest
from patience import PATIENCE
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_ten_crops_are_shown_and_go_with_the_address(patient, app_url):
    page = patient
    page.goto(f"{app_url}/classify?model=cifar10-residual-20,cifar10-plain-20&sample=horse")
    expect(page.get_by_text(re.compile("agree on horse: "))).to_be_visible(timeout=PATIENCE)
    seen = page.get_by_role("list", name="What the network gets").get_by_role("listitem")
    expect(seen).to_have_count(1)
    expect(page.locator(".explorer-chart .bars .point").first).to_be_visible()
    page.get_by_role("radio", name="Ten crops").click()
    page.wait_for_url(re.compile("crops=ten"))
    crops = page.get_by_role("list", name="Crops").get_by_role("listitem")
    expect(crops).to_have_count(10, timeout=PATIENCE)
    expect(crops.first).to_contain_text(re.compile("top left.*horse .*%", re.DOTALL))
    expect(page.get_by_text(re.compile("Residual-20: all of its 10 crops"))).to_be_visible()
    page.go_back()
    expect(seen).to_have_count(1, timeout=PATIENCE)
    expect(crops).to_have_count(0)

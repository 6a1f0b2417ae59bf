"""The four doors of Home, in a real browser."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "door, heading, address",
    [
        ("See an architecture", "Architecture", "/architecture?network=cifar%2Fbasic-56"),
        ("Watch degradation happen", "Train", "/train?preset=degradation"),
        ("See why a shortcut helps", "Gradient lab", "/gradients"),
        ("Look inside an answer", "Classify", "/classify"),
    ],
)
def test_door_leads_to_its_page(page, app_url, door, heading, address):
    page.goto(app_url)
    page.get_by_role("link", name=door).click()
    expect(page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()
    assert page.url.startswith(app_url + address.split("?")[0])
    for parameter in address.split("?")[1:]:
        page.wait_for_url(lambda url: parameter.replace("%2F", "/") in url.replace("%2F", "/"))

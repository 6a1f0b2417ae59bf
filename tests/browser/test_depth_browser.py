"""Block by block in a real browser: the switches of blocks lie below the figures, a click away."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_link_leads_to_the_switches_and_the_view_works_on(patient, app_url):
    patient.goto(f"{app_url}/classify?view=depth&model=mnist-residual-20,mnist-plain-20&sample=digit-7")
    switches = patient.get_by_text("Switched off in layer1")
    expect(switches).to_be_attached()
    link = patient.get_by_role("link", name="What if some of the blocks were not there?")
    expect(link).to_be_in_viewport()
    expect(patient.locator("figure.explorer-chart").nth(4)).to_be_attached()  # over depth, by class of two, and the classes of two
    expect(switches).not_to_be_in_viewport()
    link.click()
    expect(switches).to_be_in_viewport()
    patient.get_by_role("button", name="1", exact=True).first.click()
    patient.wait_for_url(lambda address: "off=layer1.1" in address)
    expect(patient.get_by_text("without layer1.1").first).to_be_attached()

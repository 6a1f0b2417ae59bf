"""Going from page to page in a real browser: what one page keeps in the address does no harm on the next."""

import re

import pytest
from fake_runs import fake_run
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PLAIN, OTHER = "cifar/plain-20?width=8&channels=1", "cifar/highway-26?width=8&channels=1"


@pytest.fixture(autouse=True)
def runs_of_the_app(app, page, monkeypatch):
    monkeypatch.setenv("EXPLORER_HOME", str(app.home))
    page.set_default_timeout(60_000)


def error_chart(page):
    return page.locator("figure.explorer-chart", has=page.locator("strong:text-is('Error')")).locator(".trace").first


def test_from_train_to_runs_and_back_the_charts_are_drawn(page, app_url):
    here, there = fake_run(PLAIN), fake_run(OTHER)
    page.goto(f"{app_url}/train?runs={here.id}")
    expect(error_chart(page)).to_be_visible()
    page.get_by_role("link", name="Runs", exact=True).first.click()
    page.get_by_text("Finished", exact=True).first.click()
    expect(page).to_have_url(re.compile("/runs.*show=Finished"))
    page.get_by_role("link", name="Highway-26", exact=True).first.click()
    expect(page).to_have_url(re.compile(f"/train.*runs={there.id}"))
    expect(error_chart(page)).to_be_visible()
    page.get_by_role("link", name="Runs", exact=True).first.click()
    expect(page.get_by_role("radio", name="Finished", exact=True)).to_be_checked()
    expect(page.get_by_role("link", name="Highway-26", exact=True).first).to_be_visible()


def test_train_something_else_after_the_charts_were_changed(page, app_url):
    page.goto(f"{app_url}/train?runs={fake_run(PLAIN).id}&smooth=0.5&log=error:xy")
    expect(error_chart(page)).to_be_visible()
    page.get_by_role("radio", name="time", exact=True).click()
    expect(page).to_have_url(re.compile("x=time"))
    page.get_by_role("button", name="Train something else").click()
    expect(page.get_by_text("About the networks").or_(page.get_by_role("button", name=re.compile("^Train these"))).first).to_be_visible()
    expect(page).to_have_url(f"{app_url}/train")

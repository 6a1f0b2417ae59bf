"""Classify in a real browser: models in the address, quick pairs, the filter of the list, and ten sessions at once."""

import re

import pytest
from patience import PATIENCE
from playwright.sync_api import expect

from explorer.vision.classify import classify
from explorer.vision.models import open_model
from explorer.vision.picture import open_picture
from explorer.vision.samples import samples

pytestmark = pytest.mark.browser

MODEL = "mnist-residual-20"


@pytest.fixture
def classified(patient, app_url):
    patient.goto(f"{app_url}/classify?model={MODEL}&sample=digit-7")
    expect(answers(patient)).to_have_text([re.compile("^7 · ")], timeout=PATIENCE)  # the server's first import of torch
    return patient


def answers(page):
    """What each model says is in the picture."""
    return page.get_by_role("heading", level=3)


def models(page):
    return page.get_by_role("combobox", name="Models")


def test_models_are_in_the_address_and_back_goes_back(classified):
    page = classified
    models(page).click()
    page.get_by_role("option", name="Plain-56 on MNIST-5k, shipped").click()
    page.wait_for_url(re.compile("model=mnist-residual-20(,|%2C)mnist-plain-56"))
    page.keyboard.press("Escape")  # the list stays open for more, and nothing else can be reached until it closes
    expect(answers(page)).to_have_text([re.compile("^7 · ")] * 2)
    page.reload()
    expect(answers(page)).to_have_count(2)
    page.go_back()
    expect(answers(page)).to_have_count(1)


def test_a_quick_pair_is_one_click(classified):
    page = classified
    page.get_by_role("button", name="Plain against residual").click()
    expect(answers(page)).to_have_text([re.compile("^7 · ")] * 2)
    page.wait_for_url(re.compile("model=mnist-plain-56(,|%2C)mnist-residual-56"))


def test_the_list_shows_what_can_be_used_now(classified):
    page = classified
    page.get_by_role("radio", name=re.compile("ImageNet")).click()
    models(page).click()
    offered = page.get_by_role("option")
    expect(offered.filter(has_text="ResNet-50 on ImageNet").first).to_contain_text("MB to download")
    page.keyboard.press("Escape")
    page.get_by_role("radio", name=re.compile("Usable now")).click()
    models(page).click()
    expect(offered.filter(has_text="MNIST-5k").first).to_be_visible()
    expect(offered.filter(has_text="to download")).to_have_count(0)


def test_ten_sessions_at_once_get_their_own_answers(browser, app_url):
    asked = [("mnist-residual-20", f"digit-{digit}") for digit in range(5)] + [
        ("cifar10-residual-20", name) for name in ("airplane", "frog", "horse", "ship", "truck")
    ]
    pages = [browser.new_context(viewport={"width": 1280, "height": 900}).new_page() for _ in asked]
    try:
        for page, (model, sample) in zip(pages, asked, strict=True):
            page.goto(f"{app_url}/classify?model={model}&sample={sample}", wait_until="commit")
        for page, (model, sample) in zip(pages, asked, strict=True):
            expect(answers(page)).to_have_text([re.compile(f"^{said(model, sample)} · ")], timeout=PATIENCE)
            assert not page.get_by_role("alert").count()
    finally:
        for page in pages:
            page.context.close()


def said(model, sample):
    """The model's answer when nobody else asks."""
    loaded = open_model(model)
    file = next(one.file for one in samples(loaded.model.knows_digits) if one.id == sample)
    return classify(loaded, open_picture(file)).classes[0][0]

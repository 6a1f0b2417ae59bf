"""Classify in a real browser: upload, samples, models, and what a wrong upload says."""

import io
import re

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MODEL = "mnist-residual-20"


@pytest.fixture
def classify(page, app_url):
    page.goto(f"{app_url}/classify?model={MODEL}&sample=digit-7")
    expect(answer(page)).to_have_text(re.compile("^7 · "), timeout=90_000)  # the server's first import of torch
    return page


def answer(page):
    return page.get_by_role("heading", level=3).first


def model(page):
    return page.get_by_role("combobox", name="Model")


def upload(page, name, content, kind="image/png"):
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": kind, "buffer": content})


def drawing():
    """A one, drawn with a pen on a sheet of paper."""
    image = Image.new("RGB", (240, 320), (236, 232, 220))
    ImageDraw.Draw(image).line([(132, 60), (118, 250)], fill=(30, 40, 110), width=20)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_upload_and_classify(classify):
    page = classify
    upload(page, "drawing.png", drawing())
    expect(answer(page)).to_have_text(re.compile("^1 · "))
    expect(page.get_by_text("drawing.png, 240 x 320 pixels")).to_be_visible()
    expect(page.get_by_text(re.compile("What the network gets, 32 x 32 pixels: its colours were turned to grey"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"So says Residual-20 on MNIST-5k, shipped after \d+ ms on the (CPU|CUDA|MPS)"))).to_be_visible()
    # Five bars, the first as long as its probability says.
    bars = page.locator(".explorer-chart .bars .point")
    expect(bars).to_have_count(5)
    shares = page.locator(".explorer-chart .bartext")
    expect(shares.first).to_have_text(answer(page).inner_text().split(" · ")[1])
    # A sample takes the upload's place.
    page.get_by_role("radio", name="8").click()
    expect(answer(page)).to_have_text(re.compile("^8 · "))
    expect(page.get_by_text("drawing.png")).to_have_count(0)
    page.wait_for_url(re.compile("sample=digit-8"))


def test_a_wrong_upload_gets_a_sentence_and_keeps_the_page(classify):
    page = classify
    upload(page, "broken.png", drawing()[:300])
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("broken.png is damaged or incomplete and cannot be read")
    expect(model(page)).to_have_value("Residual-20 on MNIST-5k, shipped")
    upload(page, "text.png", b"no picture at all")
    expect(alert).to_contain_text("text.png is not a picture that can be read")
    upload(page, "drawing.png", drawing())
    expect(answer(page)).to_have_text(re.compile("^1 · "))
    expect(alert).to_have_count(0)


def test_uploads_of_another_kind_or_size_are_not_taken(classify, tmp_path):
    page = classify
    upload(page, "letter.txt", b"dear all", "text/plain")
    expect(page.get_by_text(re.compile("not allowed"))).to_be_visible()
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(20 * 2**20 + 1)
    page.locator("input[type=file]").set_input_files(large)
    expect(page.get_by_text(re.compile("20.0?MB or smaller"))).to_be_visible()
    expect(answer(page)).to_have_text(re.compile("^7 · "))


def test_the_model_is_in_the_address_and_back_goes_back(classify):
    page = classify
    model(page).click()
    page.get_by_role("option", name=re.compile("Residual-20 on CIFAR-10, shipped")).click()
    page.wait_for_url(re.compile("model=cifar10-residual-20"))
    expect(answer(page)).to_have_text(re.compile("^airplane · "))
    page.reload()
    expect(answer(page)).to_have_text(re.compile("^airplane · "))
    page.go_back()
    expect(answer(page)).to_have_text(re.compile("^7 · "))

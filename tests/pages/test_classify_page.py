"""Classify: model and sample from the address, uploads good and bad, the answer with its model and measured error."""

import io

import numpy as np
import pytest
from opened_page import open_page, words
from PIL import Image

from explorer.ui.format import plain

MODEL = "mnist-residual-20"


def opened(**query):
    return open_page("classify", **{"model": MODEL} | query)


def upload(app, content, name="mine.png"):
    app.file_uploader[0].set_value((name, content, "image/png"))
    app.run()
    assert not app.exception
    return app


def png(image):
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_the_address_chooses_model_and_sample():
    app = opened(sample="digit-7")
    assert app.selectbox[0].value == MODEL and app.pills[0].value == "digit-7"
    assert app.subheader[0].value.startswith("7 · ")
    assert plain("Residual-20 on MNIST-5k, shipped") in words(app) and f"Its measured error: {plain('1.')}" in words(app)
    assert "28 x 28 pixels" in words(app) and "a black border of 2 pixels was added" in words(app)


def test_choices_go_into_the_address():
    app = opened(sample="digit-7")
    app.pills[0].set_value("digit-on-paper")
    app.run()
    assert app.query_params["sample"] == "digit-on-paper" and app.query_params["model"] == MODEL
    assert app.subheader[0].value.startswith("3 · ")
    assert "light and dark were exchanged" in words(app)


def test_without_an_address_there_is_an_answer():
    app = open_page("classify")
    assert not app.error
    assert app.subheader[0].value


def test_an_upload_takes_the_place_of_the_sample_and_a_sample_that_of_the_upload():
    canvas = np.full((200, 160), 255, np.uint8)
    canvas[30:170, 75:88] = 0
    app = upload(opened(sample="digit-7"), png(Image.fromarray(canvas)))
    assert app.subheader[0].value.startswith("1 · ")
    assert f"{plain('mine.png')}, 160 x 200 pixels" in words(app) and app.pills[0].value is None
    app.pills[0].set_value("digit-8")
    app.run()
    assert app.subheader[0].value.startswith("8 · ") and app.file_uploader[0].value is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello", "mine.png is not a picture that can be read"),
        (b"", "mine.png is empty"),
        (png(Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)))[:-500], "mine.png is damaged or incomplete"),
    ],
)
def test_a_bad_upload_gets_a_sentence_and_the_page_stays(content, sentence):
    app = upload(opened(), content)
    assert plain(sentence) in app.error[0].value
    assert app.selectbox[0].value == MODEL and not app.subheader
    app.pills[0].set_value("digit-0")
    app.run()
    assert not app.error and app.subheader[0].value.startswith("0 · ")


def test_a_files_name_is_no_markdown():
    name = "![x](http:__nowhere) *a* $b$ `c`.png"
    app = upload(opened(), png(Image.new("L", (28, 28))), name)
    assert f"{plain(name)}, 28 x 28 pixels" in words(app) and name not in words(app)
    assert plain(f"{name} is empty") in upload(opened(), b"", name).error[0].value


def test_a_model_or_sample_that_is_not_there_says_so_and_shows_another():
    app = opened(model="20200101-000000-gone", sample="nothing")
    assert f"There is no model {plain('20200101-000000-gone')}" in app.warning[0].value
    assert app.subheader[0].value


def test_the_address_opens_no_file():
    app = opened(model="/etc/passwd", sample="../README")
    assert f"There is no model {plain('/etc/passwd')}" in app.warning[0].value


def test_offline_a_model_to_download_names_those_that_work(monkeypatch):
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")  # nothing listens there
    app = opened(model="torchvision/resnet18")
    assert "could not be downloaded" in app.error[0].value and plain(MODEL) in app.error[0].value
    app.selectbox[0].set_value(MODEL)
    app.run()
    assert not app.error and app.query_params["model"] == MODEL and app.subheader[0].value

"""Take it with you, in a real Chromium: every file comes down, under its name and with what it should hold."""

import csv
import io
from urllib.parse import quote

import onnx
import pytest
from PIL import Image
from playwright.sync_api import expect
from pyarrow import parquet

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(page, serve):
    def opened(network, **query):
        asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in {"network": network, **query}.items())
        page.goto(f"{serve('take_away_app.py')}/?{asked}")
        page.get_by_role("button", name="Take it with you").click()
        expect(page.get_by_role("button", name="CSV")).to_be_visible()
        return page

    return opened


def download(page, label):
    """The name and the content of the file behind a button."""
    with page.expect_download(timeout=120_000) as coming:
        page.get_by_role("button", name=label, exact=True).click()
    return coming.value.suggested_filename, coming.value.path().read_bytes()


def test_everything_comes_down(opened):
    page = opened("cifar/basic-8?width=4")
    name = "cifar-basic-8-width=4"
    for kind, begins in (("SVG", b"<?xml"), ("DOT", b"digraph"), ("PDF", b"%PDF-")):
        page.get_by_role("radio", name=kind).click()
        file, data = download(page, f"Save {kind}")
        assert file == f"{name}.{kind.lower()}" and data.startswith(begins)
    file, data = download(page, "Python")
    assert file == f"{name}.py" and b"class Residual8(nn.Module)" in data
    file, data = download(page, "ONNX")
    assert file == f"{name}.onnx"
    onnx.checker.check_model(onnx.load_from_string(data), full_check=True)
    file, data = download(page, "CSV")
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    assert file == f"{name}.csv"
    file, data = download(page, "Parquet")
    kept = parquet.read_table(io.BytesIO(data))
    assert file == f"{name}.parquet" and kept.num_rows == len(rows) and set(kept.column_names) == set(rows[0])
    assert sum(kept["Parameters"].to_pylist()) == sum(int(row["Parameters"]) for row in rows)
    file, data = download(page, "Markdown")
    assert file == f"{name}.md" and len(data.splitlines()) == len(rows) + 2
    file, data = download(page, "torchinfo")
    assert file == f"{name}.txt" and b"StagedNetwork" in data


def test_a_page_of_paper_and_the_address(opened, serve):
    page = opened("imagenet/bottleneck-50", colour="macs")
    page.get_by_role("combobox", name="Page").click()
    page.get_by_role("option", name="A4 landscape").click()
    page.get_by_role("radio", name="PNG").click()
    _, data = download(page, "Save PNG")
    assert Image.open(io.BytesIO(data)).size == (3508, 2479)
    expect(page.get_by_text(f"{serve('take_away_app.py')}?network=imagenet/bottleneck-50&colour=macs")).to_be_visible()
    expect(page.get_by_text("hard to read")).to_have_count(0)


def test_what_cannot_be_had_is_said_in_its_place(opened):
    page = opened("torchvision/vit_h_14", detail="blocks")
    expect(page.get_by_text("vit_h_14 is torchvision's own code: pip install torchvision, then")).to_be_visible()
    expect(page.get_by_text("an ONNX file holds 2.1 GB at most")).to_be_visible()
    expect(page.get_by_role("button", name="Python")).to_have_count(0)
    page.get_by_role("combobox", name="Page").click()
    page.get_by_role("option", name="A4 portrait").click()
    expect(page.get_by_text("which is hard to read")).to_be_visible()

"""Runs come to this machine and leave it, by the Runs page in a real browser."""

import io
import shutil
import zipfile

import pytest
from playwright.sync_api import expect
from recorded_run import RECORDED

from explorer.runs.archive import zip_bytes

pytestmark = pytest.mark.browser


def run_as_zip(run_id):
    files = (file for file in sorted(RECORDED.rglob("*")) if file.is_file())
    return zip_bytes((f"{run_id}/{file.relative_to(RECORDED).as_posix()}", file.read_bytes()) for file in files)


@pytest.fixture
def gone_again(app):
    """The run that the test brings goes with the test: the app is shared."""
    yield
    shutil.rmtree(app.home / "runs" / "uploaded-run", ignore_errors=True)


def test_an_uploaded_zip_becomes_a_run_that_can_be_taken_away_again(page, app_url, tmp_path, gone_again):
    upload = {"name": "runs.zip", "mimeType": "application/zip", "buffer": run_as_zip("uploaded-run")}
    page.goto(f"{app_url}/runs?selected=uploaded-run")
    page.get_by_text("Import runs from another machine").click()
    page.locator("input[type=file]").set_input_files(upload)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("1 imported")).to_be_visible()
    expect(page.get_by_text("1 selected")).to_be_visible()  # the list has it at its next tick
    page.get_by_role("button", name="Download").first.click()
    expect(page.get_by_text("explorer train 'cifar/basic-8?width=4&channels=1'")).to_be_visible()
    for form, name in (("TensorBoard", "events.out.tfevents"), ("Parquet", "metrics.parquet"), ("Weights with a model card", "README.md")):
        with page.expect_download() as download:
            page.get_by_role("button", name=form).click()
        download.value.save_as(tmp_path / "out.zip")
        with zipfile.ZipFile(io.BytesIO((tmp_path / "out.zip").read_bytes())) as archive:
            assert any(name in entry for entry in archive.namelist()), archive.namelist()

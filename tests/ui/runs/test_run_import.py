"""Importing on the screen: what came, what was left out, and what is wrong with the source."""

import shutil

import pytest
from recorded_run import RECORDED
from streamlit.testing.v1 import AppTest

from explorer.runs.folder import list_runs


def panel():
    from explorer.ui.runs.imports import show_import

    show_import()


@pytest.fixture
def app():
    return AppTest.from_function(panel).run(timeout=60)


def imported(app, place):
    app.text_input[0].set_value(str(place)).run(timeout=60)
    app.button[0].click().run(timeout=60)
    assert not app.exception
    return app


def test_a_folder_is_imported_and_told_of(app, tmp_path):
    assert app.button[0].disabled
    shutil.copytree(RECORDED, tmp_path / "from" / RECORDED.name)
    (tmp_path / "from" / RECORDED.name / "virus.exe").write_bytes(b"MZ")
    imported(app, tmp_path / "from")
    assert [run.id for run in list_runs()] == [RECORDED.name]
    assert app.success[0].value == "**1** imported"
    assert "Left out, and why:" in app.markdown[0].value and r"virus\.exe: no file of a run" in app.markdown[0].value
    imported(app, tmp_path / "from")
    assert app.info[0].value == "**0** imported, **1** here already"


def test_a_place_without_runs_gets_its_sentence(app, tmp_path):
    imported(app, tmp_path / "nowhere")
    assert "There is no folder or zip file" in app.error[0].value
    assert not app.success and not list_runs()


def test_a_long_report_is_cut(app, tmp_path):
    shutil.copytree(RECORDED, tmp_path / "from" / RECORDED.name)
    for number in range(30):
        (tmp_path / "from" / RECORDED.name / f"note-{number}.md").write_text("x")
    imported(app, tmp_path / "from")
    assert "and 10 more" in app.markdown[0].value and app.markdown[0].value.count("no file of a run") == 20

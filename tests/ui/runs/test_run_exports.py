"""The menu of downloads: what it offers for which runs, and the commands beside it."""

import io
import shutil
import zipfile

from recorded_run import RECORDED, recorded_run
from streamlit.testing.v1 import AppTest

from explorer.runs.folder import create, list_runs
from explorer.training.exports import EXPORTS
from explorer.training.recipe import Recipe
from explorer.training.repeat import repeat_command
from explorer.ui.runs import exports


def menu():
    from explorer.runs.folder import list_runs
    from explorer.ui.runs.exports import show_exports

    show_exports(list_runs())


def shown():
    app = AppTest.from_function(menu).run(timeout=60)
    assert not app.exception
    return {button.proto.label: button.proto for button in app.get("download_button")}, app


def test_a_finished_run_can_leave_in_every_form_and_says_how_to_repeat_it():
    run = recorded_run()
    buttons, app = shown()
    assert list(buttons) == [export.title for export in EXPORTS.values()]
    assert not any(button.disabled for button in buttons.values())
    assert app.code[0].value == repeat_command(run)


def test_weights_are_offered_of_those_that_have_them():
    untrained = create("cifar/plain-20", Recipe().model_dump(), 0)
    buttons, _ = shown()
    assert buttons["Weights with a model card"].disabled and not buttons["Parquet"].disabled
    recorded_run()
    buttons, app = shown()
    assert not buttons["Weights with a model card"].disabled
    assert "1 of these 2 runs has what it takes" in buttons["Weights with a model card"].help
    assert set(app.code[0].value.splitlines()) == {repeat_command(run) for run in list_runs()}
    (untrained.folder / "run.json").write_text("{")
    assert len(shown()[1].code[0].value.splitlines()) == 1


def test_what_is_clicked_is_the_zip_of_that_form():
    run = recorded_run()
    for export in EXPORTS.values():
        with zipfile.ZipFile(io.BytesIO(exports._zip(export, [run]))) as archive:
            assert archive.testzip() is None
            assert {name: archive.read(name) for name in archive.namelist()} == {
                name: content.encode() if isinstance(content, str) else content for name, content in export.files([run])
            }


def test_many_runs_give_the_commands_of_the_first():
    for number in range(exports.MOST_COMMANDS + 3):
        shutil.copytree(RECORDED, recorded_run(f"copy-{number}").folder.with_name(f"again-{number}"))
    _, app = shown()
    assert len(app.code[0].value.splitlines()) == exports.MOST_COMMANDS
    assert "the first 12" in app.caption[0].value

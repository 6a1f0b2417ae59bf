"""The Runs page: every run with its state and figures; open, compare, stop, download, delete."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from finished_models import finished_model
from streamlit.testing.v1 import AppTest

from explorer.machine.process import identity
from explorer.runs import queue
from explorer.runs.control import read_request
from explorer.runs.folder import create, list_runs
from explorer.runs.run import Run, RunConfig
from explorer.runs.slots import default_slots, slot_count
from explorer.runs.status import read_status
from explorer.runs.trash import delete, trashed
from explorer.runs.writer import RunWriter
from explorer.ui.runs.menu import clone_address, clone_problem

HOME = str(Path(__file__).resolve().parents[2] / "explorer" / "Home.py")
RECIPE = {"dataset": "mnist-5k", "epochs": 4, "batch": 64, "lr": 0.05}


def open_page(**query):
    app = AppTest.from_file(HOME, default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    return shown(app.switch_page("../pages/runs.py").run())


def shown(app):
    assert not app.exception, app.exception
    return app


def text_of(app):
    texts = [element.proto.body for element in app.get("html")]
    return "\n".join([*texts, *(element.value for element in [*app.markdown, *app.caption, *app.code, *app.info, *app.error])])


def links(app):
    return {link.proto.label.strip("*").replace("\\", ""): link.proto.query_string for link in app.get("page_link")}


def make(depth, state, *, block="plain", seed=0, group="", recipe=RECIPE, **fields):
    """A run in this state; an active one belongs to this process."""
    run = create(f"cifar/{block}-{depth}?width=8&channels=1", recipe, seed, group=group, data={"title": "MNIST-5k"})
    writer = RunWriter(run.folder)
    writer.status(state="running")
    writer.status(state=state, **fields)
    return run


def make_lost(gone_log):
    run = make(56, "running", step=3)
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    who = {"pid": process.pid, "pid_started": identity(process.pid)}
    process.communicate(b"\n")
    status = json.loads((run.folder / "status.json").read_text())
    (run.folder / "status.json").write_text(json.dumps({**status, **who}))
    (run.folder / "log.txt").write_text(gone_log)
    return run


@pytest.fixture
def four():
    """One experiment of four runs, started together and finished."""
    made = [(56, "plain", 0.251), (56, "basic", 0.02), (20, "plain", 0.043), (20, "basic", 0.027)]
    common = {"group": "one", "progress": 1.0, "best": {"val_error": 0.25}}
    return [
        make(depth, "finished", block=block, latest={"train_error": error, "val_error": 0.3}, **common)
        for depth, block, error in made
    ]


def test_seeds_that_were_started_together_are_told_apart():
    for seed in (0, 1):
        make(20, "finished", seed=seed, group="seeds")
    app = open_page()
    assert {"Plain-20 seed 0", "Plain-20 seed 1"} < set(links(app))
    assert "seeds 0, 1" in text_of(app)


def test_without_runs_it_says_what_to_do_next():
    app = open_page()
    assert "No runs yet" in text_of(app)
    assert links(app) == {"Watch the degradation problem happen": "preset=degradation", "Choose networks to train": ""}


def test_every_run_with_its_figures(four):
    app = open_page()
    text = text_of(app)
    for network in ("cifar/plain-56?width=8&amp;channels=1", "cifar/basic-20?width=8&amp;channels=1"):
        assert network in text
    for figure in ("25.1%", "2.0%", "4.3%", "2.7%", "30.0%", "25.0%", "finished"):
        assert figure in text
    assert "data MNIST\\-5k · 4 epochs · batches of 64 · peak learning rate 0.05 · seed 0" in text
    assert [label for label in links(app)] == ["Open all 4", "Plain-56", "Residual-56", "Plain-20", "Residual-20"]


def test_runs_started_together_open_together(four):
    found = links(open_page())
    assert found["Open all 4"] == "runs=" + "%2C".join(run.id for run in four)
    assert found["Plain-56"] == f"runs={four[0].id}"


def test_selecting_is_kept_in_the_address(four):
    app = open_page()
    assert "Select runs to open them together" in text_of(app)
    shown(app.checkbox(key=f"select-{four[0].id}").check().run())
    shown(app.checkbox(key=f"select-{four[3].id}").check().run())
    assert app.query_params["selected"] == f"{four[0].id},{four[3].id}"
    assert links(app)["Open together"] == f"runs={four[0].id}%2C{four[3].id}"
    shown(app.checkbox(key=f"select-{four[0].id}").uncheck().run())
    assert app.query_params["selected"] == four[3].id
    shown(app.button(key="clear-selected").click().run())
    assert "selected" not in app.query_params


def test_an_address_selects_and_unknown_ids_are_passed_over(four):
    app = open_page(selected=f"{four[1].id},../../etc,nothing")
    assert app.checkbox(key=f"select-{four[1].id}").value is True
    assert "**1** selected" in text_of(app)
    assert links(app)["Open"] == f"runs={four[1].id}"


def test_all_runs_of_an_experiment_are_selected_at_once(four):
    app = open_page(selected=four[1].id)
    every = "select-" + "-".join(run.id for run in four)
    assert app.checkbox(key=every).value is False
    shown(app.checkbox(key=every).check().run())
    assert "**4** selected" in text_of(app)
    shown(app.checkbox(key=every).uncheck().run())
    assert "selected" not in app.query_params


def test_deleting_is_undone(four):
    app = open_page(selected=f"{four[0].id},{four[1].id}")
    shown(app.button(key="delete-selected").click().run())
    assert [run.id for run in list_runs()] == [four[3].id, four[2].id]
    assert "selected" not in app.query_params
    assert "Plain-56" not in links(app)
    assert "2 runs were deleted. What is deleted is kept for a day." in text_of(app)
    shown(app.button(key="undo-delete").click().run())
    assert [run.id for run in list_runs()] == [run.id for run in four[::-1]]
    assert "deleted" not in text_of(app) and "Plain-56" in links(app)


def test_what_was_deleted_earlier_is_restored_one_by_one_or_removed_for_good(four):
    for run in four[:3]:
        delete(run)
    app = open_page()
    assert "Deleted: 3 runs, kept for a day" in [one.label for one in app.expander]
    shown(app.button(key=f"restore-{four[1].id}").click().run())
    assert [run.id for run in list_runs()] == [four[3].id, four[1].id]
    shown(app.button(key="empty-trash").click().run())
    assert trashed() == [] and not [one for one in app.expander if "Deleted" in one.label]


def test_an_active_run_is_not_deleted(four):
    active = make(110, "running")
    app = open_page(selected=f"{four[0].id},{active.id}")
    shown(app.button(key="delete-selected").click().run())
    assert [error.value.replace("\\", "") for error in app.error] == [
        "Nothing was deleted: Plain-110 is running. Stop what is active first, or take it out of the selection."
    ]
    assert len(list_runs()) == 5


def test_a_run_that_became_active_after_the_page_was_drawn_is_kept(four):
    app = open_page(selected=four[0].id)
    active = json.loads((four[0].folder / "status.json").read_text()) | {"state": "running"}
    (four[0].folder / "status.json").write_text(json.dumps(active))
    shown(app.button(key="delete-selected").click().run())
    assert app.error[0].value.replace("\\", "") == f"The run {four[0].id} is running: stop it before deleting it."
    assert len(list_runs()) == 4


@pytest.fixture
def sleeper():
    """A run whose process is a real one that can be ended."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    run = make(56, "running", progress=0.43, seconds_left=31.0)
    status = json.loads((run.folder / "status.json").read_text())
    status |= {"pid": process.pid, "pid_started": identity(process.pid)}
    (run.folder / "status.json").write_text(json.dumps(status))
    yield run
    process.kill()
    process.wait()


def test_an_active_run_shows_its_progress_and_can_be_stopped(sleeper):
    app = open_page()
    assert "running 43%" in text_of(app) and "31 s left" in text_of(app)
    shown(app.button(key=f"stop-{sleeper.id}").click().run())
    assert read_request(sleeper) == "stop"
    assert "stopping 43%" in text_of(app) or "stopped" in text_of(app)


def test_the_selected_active_runs_are_stopped(sleeper, four):
    app = open_page(selected=f"{sleeper.id},{four[0].id}")
    shown(app.button(key="stop-selected").click().run())
    assert (read_request(sleeper), read_request(four[0])) == ("stop", None)


def test_a_lost_run_shows_its_last_words_and_never_runs():
    run = make_lost("epoch 1\nRuntimeError: it _ended_ <b>badly</b>\n")
    app = open_page()
    text = text_of(app)
    assert read_status(run).state == "lost"
    assert "</span> lost</div>" in text and "running" not in text
    assert "Its process ended without a word" in text.replace("\\", "")
    assert "it \\_ended\\_ \\<b\\>badly" in text
    assert app.code[0].value == "epoch 1\nRuntimeError: it _ended_ <b>badly</b>"


def test_a_damaged_and_a_foreign_run_are_shown_as_what_they_are(four):
    (four[0].folder / "run.json").write_text('{"torn')
    foreign = json.loads((four[1].folder / "run.json").read_text())
    foreign |= {"network": "<img src=x onerror=alert(1)>", "recipe": {"lr": ["x"], "dataset": {"a": "![](b)"}}, "data": {}, "group": ""}
    (four[1].folder / "run.json").write_text(json.dumps(foreign))
    app = open_page()
    text = text_of(app)
    assert "This run cannot be read: its run.json is missing or damaged." in text.replace("\\", "")
    assert "<img" not in text and "&lt;img src=x onerror=alert(1)&gt;" in text
    assert "![" not in text
    assert {"Damaged run", "Plain-20", "Residual-20"} < set(links(app))


@pytest.mark.parametrize("query, titles", [
    ({"show": "Finished"}, {"Plain-56", "Residual-56", "Plain-20", "Residual-20"}),
    ({"show": "Active"}, {"Plain-110"}),
    ({"show": "Failed or lost"}, {"Plain-8"}),
    ({"show": "Stopped"}, set()),
    ({"find": "residual mnist"}, {"Residual-56", "Residual-20"}),
    ({"find": "PLAIN-56"}, {"Plain-56"}),
    ({"find": "nowhere"}, set()),
    ({"find": "s0-zz"}, set()),
    ({"show": "Finished", "find": "20"}, {"Plain-20", "Residual-20"}),
    ({"show": "nonsense"}, {"Plain-56", "Residual-56", "Plain-20", "Residual-20", "Plain-110", "Plain-8"}),
])  # fmt: skip
def test_the_address_filters(four, query, titles):
    make(110, "running")
    make(8, "failed", reason="The disk is full.")
    app = open_page(**query)
    assert {label for label in links(app) if not label.startswith("Open")} == titles
    assert ("None of the 6 runs is shown" in text_of(app)) == (not titles)


def test_a_run_is_found_by_its_id(four):
    assert set(links(open_page(find=four[2].id))) == {"Plain-20"}


def test_many_runs_are_shown_in_pages():
    for seed in range(43):
        make(20, "finished", seed=seed)
    app = open_page()
    assert len(app.get("page_link")) == 20 and "Runs 1 to 20 of 43" in text_of(app)
    app.session_state["runs-page"] = 3
    shown(app.run())
    assert len(app.get("page_link")) == 3 and "Runs 41 to 43 of 43" in text_of(app)
    for run in list_runs()[:3]:
        delete(run)
    shown(app.run())
    assert "Runs 21 to 40 of 40" in text_of(app)


def options(app, run):
    """The menu beside a run, without icons."""
    (menu,) = [one.proto for one in app.get("menu_button") if one.proto.id.endswith(f"menu-{run.id}")]
    return [option.split(": ", 1)[1] for option in menu.options]


def test_the_menu_offers_what_fits_the_state():
    runs = {state: make(20, state) for state in ("queued", "running", "paused", "finished", "stopped", "failed")}
    app = open_page()
    order = ["First in the queue", "Up in the queue", "Down in the queue", "Last in the queue"]
    clone, again = "Clone with changes", ["Start again"]
    assert {state: options(app, run) for state, run in runs.items()} == {
        "queued": [*order, clone],
        "running": [clone],
        "paused": [clone],
        "finished": [*again, clone, "Delete"],
        "stopped": ["Go on from its last checkpoint", *again, clone, "Delete"],
        "failed": ["Go on from its last checkpoint", *again, clone, "Delete"],
    }


def test_finished_runs_lead_to_pictures():
    finished, other, running = finished_model(), finished_model(seed=4), make(20, "running")
    app = open_page(selected=f"{finished.id},{running.id},{other.id}")
    assert "Classify a picture with it" in options(app, finished) and "Classify a picture with it" not in options(app, running)
    assert links(app)["Classify with them"] == f"model={finished.id}%2C{other.id}"
    assert "Classify" not in links(open_page(selected=running.id))


def test_of_more_finished_runs_than_are_shown_side_by_side_the_first_are_offered():
    five = [finished_model(seed=seed).id for seed in range(5)]
    assert links(open_page(selected=",".join(five)))["Classify with the first 4 of 5"] == "model=" + "%2C".join(five[:4])


def test_clone_with_changes_opens_the_form_filled_in(four):
    app = open_page(selected=f"{four[0].id},{four[1].id}")
    query = links(app)["Clone with changes"]
    assert query == "preset=own&networks=cifar%2Fplain-56%3Fwidth%3D8%26channels%3D1%2Ccifar%2Fbasic-56%3Fwidth%3D8%26channels%3D1"
    other = make(20, "finished", seed=3, recipe=RECIPE | {"lr": 0.2, "label_smoothing": 0.1})
    assert links(open_page(selected=other.id))["Clone with changes"].endswith("&lr=0.2&label_smoothing=0.1&seed=3")
    assert "Clone with changes" not in links(open_page(selected=f"{four[0].id},{other.id}"))


def waiting(*depths):
    """Runs that wait for a slot, in this order."""
    runs = [make(depth, "queued") for depth in depths]
    for run in runs:
        queue.enter(run, "cpu")
    return runs


def test_the_queue_is_shown_and_reordered():
    first, second, third = waiting(20, 32, 44)
    app = open_page()
    assert "**The queue**: 3 runs wait for a slot" in text_of(app)
    assert "1st in the queue" in text_of(app) and "3rd in the queue" in text_of(app)
    assert [app.button(key=f"{where}-{first.id}").disabled for where in ("first", "up", "down", "last")] == [True, True, False, False]
    shown(app.button(key=f"up-{third.id}").click().run())
    assert queue.waiting() == [first.id, third.id, second.id]
    shown(app.button(key=f"last-{first.id}").click().run())
    assert queue.waiting() == [third.id, second.id, first.id]


def test_the_selected_waiting_runs_are_moved_to_the_front_in_their_order():
    runs = waiting(20, 32, 44, 56)
    app = open_page(selected=f"{runs[2].id},{runs[3].id}")
    shown(app.button(key="first-selected").click().run())
    assert queue.waiting() == [runs[i].id for i in (2, 3, 0, 1)]


def test_the_selected_runs_are_paused_and_resumed(sleeper, four):
    app = open_page(selected=f"{sleeper.id},{four[0].id}")
    assert not [button for button in app.button if button.key == "resume-selected"]
    shown(app.button(key="pause-selected").click().run())
    assert (read_request(sleeper), read_request(four[0])) == ("pause", None)
    assert "pausing 43%" in text_of(app)
    shown(app.button(key=f"hold-{sleeper.id}").click().run())


def test_how_many_run_at_a_time_is_kept(explorer_home):
    make(20, "finished")
    app = open_page()
    box = app.number_input(key="slots-cpu")
    assert box.value == slot_count("cpu") == default_slots("cpu")
    shown(box.set_value(5).run())
    assert slot_count("cpu") == 5 and app.number_input(key="slots-cpu").value == 5
    shown(app.button(key="slots-default").click().run())
    assert slot_count("cpu") == default_slots("cpu") and app.number_input(key="slots-cpu").value == default_slots("cpu")


def test_a_setting_that_cannot_be_written_is_said(explorer_home):
    make(20, "finished")
    app = open_page()
    (explorer_home / "settings.json").mkdir()
    shown(app.button(key="slots-default").click().run())
    shown(app.number_input(key="slots-cpu").set_value(5).run())
    assert [toast.value for toast in app.toast]


def test_clone_is_offered_where_the_form_would_train_what_is_selected():
    runs = {(name, seed): Run(f"{name}{seed}", None, RunConfig(network=f"cifar/{name}-20", recipe=RECIPE, seed=seed, created=0.0))
            for name in ("plain", "basic") for seed in (0, 1, 5)}  # fmt: skip

    def clone(*keys):
        return clone_address([runs[key] for key in keys])

    assert clone(("plain", 0), ("basic", 0), ("plain", 1), ("basic", 1))["seeds"] == "2"
    assert clone(("plain", 5))["seed"] == "5"
    assert clone(("plain", 0), ("basic", 1)) is None
    assert clone(("plain", 0), ("plain", 5)) is None
    assert "not each of the networks" in clone_problem([runs["plain", 0], runs["basic", 1]])
    assert "0, 5" in clone_problem([runs["plain", 0], runs["plain", 5]])



def test_the_page_imports_neither_torch_nor_charts(four):
    script = (
        "from streamlit.testing.v1 import AppTest; import sys;"
        f"app = AppTest.from_file({HOME!r}, default_timeout=30).switch_page('../pages/runs.py').run();"
        "assert not app.exception, app.exception;"
        "print([name for name in ('torch', 'explorer.figures.curves', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["[]"], done.stderr


def test_the_first_run_brings_the_controls_and_the_last_takes_them_away():
    app = open_page()
    assert "Find" not in [box.label for box in app.text_input]
    run = make(20, "finished")
    shown(app.run())
    assert "Find" in [box.label for box in app.text_input]
    shown(app.checkbox(key=f"select-{run.id}").check().run())
    shown(app.button(key="delete-selected").click().run())
    assert "No runs yet" in text_of(app)
    shown(app.button(key="undo-delete").click().run())
    assert "Plain-20" in links(app)

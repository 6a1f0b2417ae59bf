"""The Train page while it watches: every state of a run as it is shown, without importing torch."""

import os
import re
import subprocess
import sys
import time

import pytest
from opened_page import HOME, components, open_page, words

from explorer.runs.control import read_request
from explorer.runs.folder import create, list_runs
from explorer.runs.launcher import LocalLauncher
from explorer.runs.status import State, read_status
from explorer.runs.writer import RunWriter

RECIPE = {"dataset": "mnist-5k", "epochs": 4, "batch": 64, "lr": 0.05}


@pytest.fixture
def train():
    """`train(query)` opens the page; whatever a test started is stopped."""
    yield lambda **query: open_page("train", **query)
    for run in list_runs():
        if read_status(run).pid != os.getpid():
            LocalLauncher().stop(run)
    deadline = time.monotonic() + 10
    while any(read_status(run).active and read_status(run).pid != os.getpid() for run in list_runs()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def written(network="cifar/plain-20?width=8", seed=0, state=State.RUNNING, rows=3, **fields):
    """A run folder as this process, standing in for a worker, would leave it."""
    run = create(network, RECIPE, seed)
    writer = RunWriter(run.folder)
    writer.layers({"layers": ["conv1", "fc"], "kinds": ["conv", "linear"]})
    row = {}
    for step in range(10, 10 * rows + 1, 10):
        row = {"step": step, "epoch": 1, "loss": 2.0 - step / 100, "train_error": 0.9 - step / 100, "val_error": 0.5, "val_loss": 1.0}
        writer.metrics(row)
        writer.layers({"step": step, "grad_norm": [0.1 * step, 1.0]})
    writer.status(state=State.RUNNING, step=10 * rows, total_steps=248, progress=10 * rows / 248, images_per_second=1234.0,
                  seconds_left=42.0, latest=row)
    writer.status(state=state, **fields)
    return run


def button(app, label):
    return next(one for one in app.button if one.label == label)


def has_button(app, label):
    return any(one.label == label for one in app.button)


def test_a_running_run_shows_its_figures_and_its_buttons(train):
    run = written()
    app = train(runs=run.id)
    text = words(app)
    assert r"data mnist\-5k · 4 epochs · batches of 64 · peak learning rate 0.05 · seed 0" in text
    assert "Plain-20" in text and "running" in text
    assert "training error <strong>60.0%" in text and "validation error <strong>50.0%" in text
    assert progress(app) == ["step 30 of 248 · 1,234 images/s · 42 s left"]
    charts = components(app, "chart")
    assert len(charts) == 4
    assert {one["view"].split()[0] for one in charts} == {run.id}  # other runs under the same keys start unzoomed


def test_pause_resume_and_stop_reach_the_run(train):
    run = written()
    app = train(runs=run.id)
    app.button(key=f"hold-{run.id}").click().run()
    assert read_request(run) == "pause"
    assert "pausing" in words(app)
    RunWriter(run.folder).status(state=State.PAUSED)
    app.run()
    assert "paused" in words(app)
    assert progress(app) == ["step 30 of 248 · its slot is free for others"]
    app.button(key=f"hold-{run.id}").click().run()
    assert read_request(run) == "resume"
    assert "resuming" in words(app)


def progress(app):
    """What stands over the bars of the runs' cards."""
    return re.findall(r'<div class="run-progress">(.*?)</div>', words(app))


def test_all_can_be_paused_and_resumed(train):
    runs = [written(), written(seed=1)]
    app = train(runs=",".join(run.id for run in runs))
    button(app, "Pause all").click().run()
    assert [read_request(run) for run in runs] == ["pause", "pause"]


def test_ended_runs_show_what_was_seen_and_no_buttons(train):
    runs = [
        written("cifar/plain-56?width=8", state=State.FINISHED, rows=10, latest={"train_error": 0.25, "val_error": 0.24}),
        written("cifar/plain-20?width=8", state=State.FINISHED, rows=10, latest={"train_error": 0.043, "val_error": 0.054}),
    ]
    app = train(runs=",".join(run.id for run in runs))
    assert any("This is the degradation problem." in info.value for info in app.info)
    assert [one.label for one in app.button] == ["Train something else"]


def test_what_a_run_refuses_is_said_until_the_next_click(train):
    runs = [written(state=State.STOPPED), written(seed=1)]
    (runs[0].folder / "run.json").write_text((runs[0].folder / "run.json").read_text().replace('"lr": 0.05', '"lr": -1'))
    app = train(runs=",".join(run.id for run in runs))
    app.button(key=f"go-on-{runs[0].id}").click().run()
    for _ in range(2):  # the next tick does not take it away
        assert any("lr must be a number above 0" in error.value for error in app.error)
        app.run()
    app.button(key=f"hold-{runs[1].id}").click().run()
    assert not app.error


def test_a_folder_with_an_odd_name_is_said_as_it_is(train):
    run = create("cifar/plain-8?width=8", RECIPE | {"dataset": "/home/me/[my] *pictures*"}, 0)
    assert r"data \[my\] \*pictures\*" in words(train(runs=run.id))


def test_a_failed_run_says_why_and_can_go_on(train):
    run = written(state=State.FAILED, reason="The disk is full.")
    (run.folder / "log.txt").write_text("the last words\n")
    app = train(runs=run.id)
    assert [error.value for error in app.error] == [r"Plain\-20 failed: The disk is full\."]
    assert "the last words" in [code.value for code in app.code]
    assert has_button(app, "Go on")


def test_a_run_whose_process_died_is_lost_with_its_last_words_and_can_go_on(train):
    dead = subprocess.run(
        [sys.executable, "-c", "import sys; from explorer.runs.writer import RunWriter; RunWriter(sys.argv[1]).status(state='running')",
         str((run := create("cifar/plain-8?width=8", RECIPE | {"epochs": 1}, 0)).folder)],
        check=True,
    )
    assert dead.returncode == 0
    (run.folder / "log.txt").write_text("the last words\n")
    app = train(runs=run.id)
    assert any("lost" in error.value for error in app.error)
    assert "the last words" in [code.value for code in app.code]
    app.button(key=f"go-on-{run.id}").click().run()
    assert not app.exception, app.exception
    assert read_status(run).active
    assert has_button(app, "Stop all")


def test_unknown_and_damaged_runs_are_said_and_the_rest_is_shown(train):
    good, damaged = written(), written()
    (damaged.folder / "run.json").write_text("{")
    app = train(runs=f"nothing-like-it,../../etc,{damaged.id},{good.id}")
    said = "\n".join(warning.value.replace("\\", "") for warning in app.warning)
    assert "nothing-like-it" in said and "etc" in said and damaged.id in said
    assert "Plain-20" in words(app)


def test_torn_and_foreign_lines_do_not_disturb_the_charts(train):
    run = written()
    for name in ("metrics.jsonl", "layers.jsonl"):
        with open(run.folder / name, "ab") as file:
            file.write(b'not json\n[1]\n{"step": "x"}\n{"step": 40, "loss": "high", "train_error": null, "grad_norm": [1]}\n{"step": 5')
    app = train(runs=run.id)
    assert len(app.get("bidi_component")) == 4


def test_runs_going_on_are_offered_to_whoever_comes_without_an_address(train):
    run = written()
    app = train()
    button(app, "1 run is going on now: watch").click().run()
    assert not app.exception, app.exception
    assert app.query_params["runs"] == run.id
    assert has_button(app, "Stop all")
    button(app, "Train something else").click().run()
    assert "runs" not in app.query_params
    assert has_button(app, "Train these 4 networks")


def test_the_page_does_not_import_torch():
    run = written()
    script = (
        "from streamlit.testing.v1 import AppTest; import sys\n"
        f"for query in ({{}}, {{'preset': 'own'}}, {{'runs': {run.id!r}}}):\n"
        f"    app = AppTest.from_file({HOME!r}, default_timeout=60); app.switch_page('../pages/train.py')\n"
        "    for name, value in query.items(): app.query_params[name] = value\n"
        "    app.run(); assert not app.exception, app.exception\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["False"], done.stderr

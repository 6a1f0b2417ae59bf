"""The panel of a question: what the paper found, what was found here, and another seed behind a button."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from explorer.runs.folder import create, list_runs
from explorer.runs.launcher import LocalLauncher
from explorer.runs.status import State, read_status
from explorer.runs.writer import RunWriter
from explorer.training.presets import PRESETS, planned
from explorer.training.start import start
from explorer.ui.watch import answers

DEGRADATION = PRESETS["degradation"]


class Notebook:
    """A launcher that starts nothing."""

    def submit(self, run):
        pass


def ended(errors, seed=0):
    """The question's runs with one seed, each finished with its error."""
    runs = start(planned(DEGRADATION, [seed]), preset=DEGRADATION.name, launcher=Notebook())
    for run, error in zip(runs, errors, strict=True):
        figures = {"train_error": error, "val_error": error + 0.01}
        RunWriter(run.folder).status(state=State.FINISHED, step=248, elapsed=30.0, latest=figures)
    return runs


def panel(*ids, name="degradation"):
    def script(ids, name):
        import streamlit as st

        from explorer.runs.folder import open_run
        from explorer.ui.watch.answers import show_answer

        st.write(f"drawn: {show_answer(name, [open_run(run_id) for run_id in ids])}")

    app = AppTest.from_function(script, args=(ids, name), default_timeout=60).run()
    assert not app.exception, app.exception
    return app


def said(app):
    return "\n".join(element.value for kind in (app.subheader, app.markdown, app.caption) for element in kind)


def test_the_paper_stands_beside_what_was_measured_here():
    runs = ended((0.4, 0.02, 0.04, 0.06))
    text = said(panel(*(run.id for run in runs)))
    assert DEGRADATION.title in text and DEGRADATION.paper in text and "He, Zhang, Ren and Sun" in text
    assert f"**Measured here**, n = 1 seed (0): **{DEGRADATION.means['worse']}** As in the paper in all 3 comparisons" in text
    assert "The added layers made training worse: Plain-20 ended at 4.0% training error, Plain-56 at 40.0%. As in the paper." in text
    assert "rests on one seed" in text
    assert "| Plain-56 | 1 | 40.0% | 41.0% | 30\u00a0s |" in text
    assert "drawn: True" in text


def test_an_earlier_seed_counts_and_is_said_to():
    ended((0.3, 0.02, 0.04, 0.06), seed=5)
    runs = ended((0.4, 0.02, 0.04, 0.06))
    text = said(panel(*(run.id for run in runs)))
    assert "n = 2 seeds (0, 5)" in text
    assert "Counts 4 other runs of this question and recipe on this machine too." in text
    assert "| Plain-56 | 2 | 35.0% (30.0%\u00a0to\u00a040.0%) |" in text


def test_before_any_has_ended():
    runs = start(planned(DEGRADATION, [0]), preset="degradation", launcher=Notebook())
    text = said(panel(*(run.id for run in runs)))
    assert "nothing has ended yet:" in text and "4 more runs are still on the way." in text and "| Plain-56 |" not in text


def test_runs_of_no_question_have_no_panel():
    own = create("cifar/plain-20", {}, 0)
    assert said(panel(own.id)) == "drawn: False"
    assert said(panel(*(run.id for run in ended((0.4, 0.02, 0.04, 0.06))), name="depth")) == "drawn: False"


@pytest.fixture
def none_left_running():
    yield
    for run in list_runs():
        LocalLauncher().stop(run)
    deadline = time.monotonic() + 10
    while any(read_status(run).active for run in list_runs()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_another_seed_starts_the_same_arms_with_the_next_unused_one(none_left_running):
    ended((0.3, 0.02, 0.04, 0.06), seed=1)
    runs = ended((0.4, 0.02, 0.04, 0.06))
    app = panel(*(run.id for run in runs))
    (button,) = app.button
    assert button.label == "Another seed: 2"
    button.click().run()
    assert not app.exception, app.exception
    started = [run for run in list_runs() if run.config.seed == 2]
    assert {run.config.network for run in started} == set(DEGRADATION.networks)
    assert {run.config.preset for run in started} == {"degradation"}
    shown = app.query_params["runs"].split(",")
    assert set(shown[:4]) == {run.id for run in started} and shown[4:] == [run.id for run in runs]
    assert app.button[0].label == "Another seed: 3"


def test_the_table_has_a_dash_for_what_is_not_known():
    from explorer.training.answers import answer

    (first, *_) = answer(DEGRADATION, []).arms
    assert answers._row(first) == ("Plain-56", "0", "–", "–", "–")

"""The loss surface on the page: what is asked for is started, what is kept is drawn and said, and hostile addresses are told."""

import json

import pytest
from finished_models import finished_model
from opened_page import components, open_page, words

from explorer.lab import landscapes
from explorer.lab.landscapes import Asked, kept, start
from explorer.runs.writer import RunWriter
from explorer.ui.gradients.surface import kept as surface_list
from explorer.ui.gradients.surface.words import minima

BOWL = [[2.0, 1.0, 2.0], [1.0, 0.1, 1.0], [2.0, 1.0, float("nan")]]


class Notes:
    """A launcher that starts nothing."""

    def __init__(self):
        self.submitted, self.stopped = [], []

    def submit(self, run):
        self.submitted.append(run.id)

    def stop(self, run):
        self.stopped.append(run.id)


@pytest.fixture(autouse=True)
def launcher(monkeypatch):
    notes = Notes()
    monkeypatch.setattr(landscapes, "LAUNCHER", notes)
    monkeypatch.setattr(surface_list, "LAUNCHER", notes)
    return notes


def surface(**query):
    return open_page("gradients", view="surface", **query)


def formulas(app):
    return " ".join(one.value for one in app.latex)


def measured(state="finished", points=9, dims=2, **changes):
    """A kept surface of a bowl with a pit that is not a number, with its first points only if it is to be unfinished."""
    asked = Asked(finished_model().id, **{"dims": dims, "points": 3, "span": 0.5, "pictures": 20} | changes)
    (run,) = start([asked], launcher=Notes())
    values = [value for row in BOWL for value in row]
    rows = [landscapes.row_of(index, value, 0.25) for index, value in enumerate(values[:points])]
    (run.folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    writer = RunWriter(run.folder)
    writer.status(state="running", progress=points / 9, step=points, total_steps=9, seconds_left=12.0)
    if state != "running":
        writer.status(state=state, reason="The memory is not enough." if state == "failed" else None)
    return run


def test_measure_starts_what_the_controls_say_and_shows_it(launcher):
    model = finished_model()
    app = surface(models=model.id, points="5", pictures="100", span="0.5", seed="7")
    assert "Nothing has been measured yet" in words(app) and "25 points on 100 pictures" in words(app)
    assert "The idea." in words(app) and "1712.09913" in words(app) and "Two directions show little" in words(app)
    (button,) = [one for one in app.button if one.label == "Measure"]
    button.click().run()
    assert not app.exception
    ((run, status),) = kept()
    assert launcher.submitted == [run.id] and run.config.seed == 7
    assert {name: run.config.recipe[name] for name in ("model", "dims", "points", "span", "pictures", "dataset")} == {
        "model": model.id, "dims": 2, "points": 5, "span": 0.5, "pictures": 100, "dataset": "mnist-5k"}  # fmt: skip
    assert app.query_params["shown"] == run.id


def test_what_is_kept_is_drawn_in_three_forms_and_its_numbers_are_said():
    measured()
    for form, kind in (("surface", "surface"), ("contour", "contour"), ("line", "scatter")):
        app = surface(form=form)
        figure = json.loads(components(app, "chart")[0]["figure"])
        assert figure["data"][0]["type"] == kind and figure["data"][0]["name"] == "Plain-8 on MNIST-5k"
        text = words(app)
        assert "loss 0.1 and 25.0% wrong at the centre" in text
        assert "1712.09913" in text and "Where they differ" in text
    assert "1 to NaN at the rim" in words(surface(form="surface")) and "at 1 the loss is no finite number" in words(surface(form="contour"))
    assert "1 to 1 at the rim" in text and "one point is lower than all its neighbours" in text
    error = json.loads(components(surface(quantity="error"), "chart")[0]["figure"])
    assert error["data"][0]["z"][1] == [25.0, 25.0, 25.0] and error["layout"]["scene"]["zaxis"]["type"] == "linear"


def test_a_line_is_drawn_as_one_and_kept_ones_are_shown_beside_each_other_by_the_address():
    first, second, line = measured(), measured(pictures=10), measured(dims=1, points=3)
    app = surface(shown=f"{first.id},{second.id},{line.id}")
    assert len(json.loads(components(app, "chart")[0]["figure"])["data"]) == 2
    assert "Those measured along a line only are left out here" in words(app)
    app = surface(shown=line.id)
    figure = json.loads(components(app, "chart")[0]["figure"])
    assert figure["data"][0]["y"] == BOWL[0] and "Contours" not in str(app.segmented_control)


@pytest.mark.parametrize("dims, before, after", [("2", "line", None), ("2", "contour", "contour"), ("1", "contour", "line")])
def test_what_is_asked_for_is_drawn_in_a_form_that_it_has(dims, before, after):
    app = surface(models=finished_model().id, points="5", dims=dims, form=before)
    app.button[[one.label for one in app.button].index("Measure")].click().run()
    assert app.query_params.get("form") == after and "there is no" not in words(app)


def test_before_the_first_point_there_is_no_chart_but_its_reading_and_who_has_the_slots(launcher):
    measured("running", points=3)
    waiting = measured("queued", points=0, pictures=10)
    app = surface(shown=waiting.id)
    assert not components(app, "chart") and "No point is measured yet" in words(app) and "The idea." in words(app)
    assert "At work now: Plain-8 on MNIST-5k" in words(app).replace("\\", "")


def test_the_reading_counts_the_directions_that_there_are():
    measured()
    assert "Two directions of " in words(surface()) and r"\beta" in formulas(surface())
    line = surface(form="line")
    assert "One direction of " in words(line) and r"\beta" not in formulas(line)


def test_one_that_is_being_measured_shows_how_far_it_is_and_can_be_stopped(launcher):
    run = measured("running", points=6)
    app = surface()
    (bar,) = app.get("progress")
    assert "6 of 9 points" in bar.proto.text and bar.proto.value == 66
    assert "3 points are still to be measured" in words(app)
    app.button(key=f"stop-{run.id}").click().run()
    assert launcher.stopped == [run.id]
    assert app.button(key=f"delete-{run.id}").disabled


def test_one_that_failed_says_why_and_can_go_on_and_be_deleted_and_brought_back(launcher):
    run = measured("failed", points=5)
    app = surface()
    assert "The memory is not enough" in words(app).replace("\\", "")
    app.button(key=f"resume-{run.id}").click().run()
    assert launcher.submitted == [run.id]
    app.button(key=f"delete-{run.id}").click().run()
    assert not kept() and "Nothing has been measured yet" in words(app) and "deleted; it is kept for a day" in words(app)
    app.button(key="undo-surface").click().run()
    assert [one.id for one, _ in kept()] == [run.id] and len(components(app, "chart")) == 1


@pytest.mark.parametrize("query, words_of_it", [
    ({"shown": "nobody,../../etc"}, "no loss surface nobody"), ({"points": "4"}, "there is no 4"), ({"span": "9e9"}, "there is no 9e9"),
    ({"models": "nobody"}, "there is no nobody"), ({"dims": "3"}, "there is no 3"), ({"pictures": "-1"}, "there is no -1"),
    ({"seed": "-1"}, "no whole number"), ({"form": "globe"}, "there is no globe"), ({"quantity": "<b>"}, "there is no"),
])  # fmt: skip
def test_hostile_addresses_are_told_and_the_rest_is_shown(query, words_of_it):
    measured()
    app = surface(**query)
    assert words_of_it in words(app).replace("\\", "")
    assert len(components(app, "chart")) == 1


def test_a_damaged_surface_is_told_and_the_others_are_drawn():
    good, bad = measured(), measured(pictures=10)
    (bad.folder / "run.json").write_text("{")
    app = surface(shown=f"{good.id},{bad.id}")
    assert "cannot be read" in words(app) and len(json.loads(components(app, "chart")[0]["figure"])["data"]) == 1


def test_where_the_loss_is_least_is_said():
    run = measured()
    assert "the loss is nowhere lower than at the centre" in words(surface())
    rows = [landscapes.row_of(index, 0.05 if index == 3 else 1.0 + index, 0.25) for index in range(9)]
    (run.folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert "the loss is least, 0.05, at (−0.5, 0)" in words(surface()) and "measured so far" not in words(surface())


def test_points_lower_than_their_neighbours():
    assert minima(BOWL[:2] + [[2.0, 1.0, 2.0]]) == 1 and minima([[3.0, 1.0, 2.0, 0.5, 4.0]]) == 2
    assert minima([[1.0, 1.0, 1.0]] * 3) == 0 and minima([[0.0, 1.0, 2.0]]) == 0

"""Loss surfaces as jobs: every point measured once, however often they are stopped and whoever measures; what is kept reads back."""

import io
import json
import math
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import torch.nn.functional as F
from finished_models import finished_model

from explorer.errors import BadInput
from explorer.lab import landscape_job, landscape_memory, limits
from explorer.lab.landscape_files import as_dict, as_file
from explorer.lab.landscape_job import carry_out, coarse_to_fine
from explorer.lab.landscapes import LAUNCHER, Asked, check, kept, open_surface, read_surface, row_of, start
from explorer.lab.trained import validation
from explorer.machine.folders import landscapes_folder, runs_folder
from explorer.runs.errors import RunError
from explorer.runs.folder import list_runs
from explorer.runs.run import FINAL_WEIGHTS
from explorer.runs.series import read_metrics
from explorer.runs.status import read_status
from explorer.runs.trash import delete, restore
from explorer.runs.writer import RunWriter
from explorer.vision.models import open_model


class Noted:
    """A launcher that starts nothing."""

    def __init__(self):
        self.submitted = []

    def submit(self, run):
        self.submitted.append(run.id)


class Stop(Exception):
    pass


class Control:
    """Lets a job go on for so many breaths; pauses it at one of them."""

    def __init__(self, breaths=10**6, pause_at=None):
        self.breaths, self.pause_at, self.paused, self.shown = breaths, pause_at, 0, {}

    def breathe(self):
        self.breaths -= 1
        if self.breaths < 0:
            raise Stop
        return self.breaths == self.pause_at

    def wait_while_paused(self):
        self.paused += 1

    def show(self, **fields):
        self.shown |= fields


def asked_for(**changes):
    return Asked(**{"model": finished_model().id, "dims": 2, "points": 5, "span": 0.5, "pictures": 20} | changes)


def begun(**changes):
    (run,) = start([asked_for(**changes)], launcher=Noted())
    return run


def measure(run, control=None):
    control = control or Control()
    carry_out(run, RunWriter(run.folder), control)
    return control


@pytest.mark.parametrize("dims, points", [(1, 3), (1, 21), (2, 3), (2, 21)])
def test_points_come_from_coarse_to_fine_each_once_and_the_middle_first(dims, points):
    asked = Asked("any", dims=dims, points=points)
    order = coarse_to_fine(asked)
    assert sorted(order) == list(range(points**dims)) and order[0] == points**dims // 2
    if (dims, points) == (2, 21):
        assert all(place % 8 == 2 for index in order[:9] for place in divmod(index, 21))  # 2, 10, 18: around 10 in steps of 8
    assert asked.axis[points // 2] == 0.0 and asked.axis[0] == -asked.axis[-1] == -1.0


def test_a_worker_measures_a_surface_whose_middle_is_the_evaluation_loss():
    first, second = start([asked_for(points=3), asked_for(points=3, dims=1)])
    deadline = time.monotonic() + 120
    while any(read_status(run).active for run in (first, second)) and time.monotonic() < deadline:
        time.sleep(0.1)
    for run in (first, second):
        status = read_status(run)
        assert (status.state, status.progress) == ("finished", 1.0), (status, (run.folder / "log.txt").read_text())
        loaded = open_model(run.config.recipe["model"])
        judged = validation(loaded, "mnist-5k", 20)
        surface = read_surface(run)
        assert surface.centre[0] == pytest.approx(F.cross_entropy(loaded.net(judged.images), judged.labels).item(), abs=1e-6)
        assert not any(value is None for row in surface.loss for value in row)
    assert [run.id for run, _ in kept()] == [second.id, first.id]
    assert not {run.id for run in list_runs()} & {first.id, second.id}  # no training runs
    assert start([asked_for(model=first.config.recipe["model"], points=3)])[0].id == first.id
    assert read_status(first).state == "finished"  # not measured again


def test_a_surface_that_was_stopped_goes_on_and_measures_every_point_once():
    run = begun()
    with pytest.raises(Stop):
        measure(run, Control(breaths=9))
    some = read_metrics(run)
    assert 0 < len(some) < 25
    partly = read_surface(run)
    assert partly.loss[2][2] is not None and any(value is None for row in partly.loss for value in row)
    control = measure(run)
    rows = read_metrics(run)
    assert sorted(row["step"] for row in rows) == list(range(25)) and rows[: len(some)] == some
    assert (control.shown["progress"], control.shown["step"], control.shown["total_steps"]) == (1.0, 25, 25)


def test_threads_share_the_points_and_change_no_value(monkeypatch):
    alone, together = begun(points=9), begun(points=9, model=finished_model().id)
    monkeypatch.setattr(landscape_job, "cores", lambda: 1)
    measure(alone)
    released = []
    monkeypatch.setattr(landscape_job, "cores", lambda: 3)
    monkeypatch.setattr(landscape_job, "ADD_SECONDS", 0)
    monkeypatch.setattr(landscape_job, "spare_slot", lambda device: FakeSlot(released))
    names = set()
    at = landscape_job.Landscape.at

    def noted(self, *place):
        names.add(threading.current_thread().name)
        return at(self, *place)

    monkeypatch.setattr(landscape_job.Landscape, "at", noted)
    control = measure(together, Control(pause_at=10**6 - 5))
    assert control.paused == 1 and len(released) >= 2 and {"MainThread", "spare"} <= names
    assert not [thread for thread in threading.enumerate() if thread.name == "spare"]
    assert sorted(row["step"] for row in read_metrics(together)) == list(range(81))
    assert read_surface(together).loss == read_surface(alone).loss


class FakeSlot:
    def __init__(self, released):
        self.released = released

    def release(self):
        self.released.append(self)


def test_a_helper_gives_its_slot_back_as_soon_as_somebody_waits(monkeypatch):
    run, released = begun(), []
    monkeypatch.setattr(landscape_job, "cores", lambda: 2)
    monkeypatch.setattr(landscape_job, "ADD_SECONDS", 0)
    monkeypatch.setattr(landscape_job, "spare_slot", lambda device: None if released else FakeSlot(released))
    monkeypatch.setattr(landscape_job.queue, "anyone_waits", lambda device: True)
    measure(run)
    assert len(released) == 1 and len(read_metrics(run)) == 25


def test_no_more_memory_is_taken_than_there_is(monkeypatch):
    run, launcher = begun(), Noted()
    monkeypatch.setattr(limits, "free_bytes", lambda: 10**5)
    with pytest.raises(BadInput, match=r"loss surface of .* need about 0\.\d GB of memory for 20 pictures, and 0\.0 GB are free"):
        start([asked_for(points=3)], launcher=launcher)
    assert not launcher.submitted and len(kept()) == 1
    monkeypatch.setattr(landscape_memory, "free_bytes", lambda: 10**5)
    monkeypatch.setattr(landscape_job, "cores", lambda: 4)
    monkeypatch.setattr(landscape_job, "ADD_SECONDS", 0)
    monkeypatch.setattr(landscape_job, "spare_slot", lambda device: pytest.fail("a further thread was begun"))
    measure(run)
    RunWriter(run.folder).status(state="finished")
    model = run.config.recipe["model"]
    assert start([asked_for(model=model)], launcher=launcher)[0].id == run.id  # what is measured takes none


def test_what_goes_wrong_beside_the_worker_is_not_lost(monkeypatch):
    run = begun()
    monkeypatch.setattr(landscape_job, "cores", lambda: 2)
    monkeypatch.setattr(landscape_job, "ADD_SECONDS", 0)
    monkeypatch.setattr(landscape_job, "spare_slot", lambda device: FakeSlot([]))
    at = landscape_job.Landscape.at

    def fails_beside(self, *place):
        if threading.current_thread().name == "spare":
            raise MemoryError
        time.sleep(0.01)
        return at(self, *place)

    monkeypatch.setattr(landscape_job.Landscape, "at", fails_beside)
    with pytest.raises(BadInput, match="memory is not enough"):
        measure(run)


def test_other_weights_than_those_asked_about_are_not_measured():
    run = begun()
    (finished_model(seed=4).folder / FINAL_WEIGHTS).replace(runs_folder() / run.config.recipe["model"] / FINAL_WEIGHTS)
    with pytest.raises(BadInput, match="are others than when"):
        measure(run)


@pytest.mark.parametrize("changes, words", [
    ({"points": 20}, "odd number"), ({"points": 1}, "odd number"), ({"points": 10**6 + 1}, "from 3 to 101"), ({"dims": 3}, "not 3"),
    ({"span": 0.0}, "above 0"), ({"span": math.nan}, "above 0"), ({"span": 1e9}, "at most 10"), ({"pictures": 0}, "At least one"),
])  # fmt: skip
def test_what_cannot_be_measured_is_refused(changes, words):
    with pytest.raises(BadInput, match=words):
        check(replace(Asked("any"), **changes))


def test_all_are_checked_before_the_first_starts():
    launcher = Noted()
    hopeless = (("nobody", "", "no model nobody"), ("torchvision/resnet18", "", "trained here"),
                ("cifar10-residual-20", "cifar10", "not on this machine"), ("mnist-residual-20", "shapes", "classes"))  # fmt: skip
    for model, data, words in hopeless:
        with pytest.raises(BadInput, match=words):
            start([asked_for(), Asked(model, dataset=data)], launcher=launcher)
    with pytest.raises(BadInput, match="at least one"):
        start([])
    with pytest.raises(BadInput, match="seed"):
        start([asked_for()], seed=-1)
    assert not launcher.submitted and not kept()


def test_a_surface_that_cannot_be_read_says_so_and_the_others_are_listed():
    run = begun()
    description = run.folder / "run.json"
    for damage in ("{", json.dumps(json.loads(description.read_text()) | {"recipe": {"points": "many", "model": 3}}),
                   json.dumps(json.loads(description.read_text()) | {"network": "cifar/none-7"})):  # fmt: skip
        description.write_text(damage)
        with pytest.raises(RunError, match="cannot be read"):
            read_surface(open_surface(run.id))
    assert [one.id for one, _ in kept()] == [run.id]
    for name in ("../runs", "", run.id + "x"):
        with pytest.raises(RunError, match="no loss surface"):
            open_surface(name)


def test_foreign_rows_are_passed_over_and_words_are_numbers():
    run = begun()
    ours = [row_of(0, math.nan, 0.9), row_of(1, math.inf, 1.0), row_of(24, 2.5, 0.5)]
    rows = [*ours, {"step": 25, "loss": 1.0}, {"step": 3, "loss": "much"}]
    (run.folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + '{"step": 4, "lo')
    loss = read_surface(run).loss
    assert math.isnan(loss[0][0]) and loss[0][1] == math.inf and loss[4][4] == 2.5
    assert loss[0][3] is loss[0][4] is None


def test_a_row_without_its_numbers_is_measured_again():
    run = begun(points=3)
    measure(run)
    rows = read_metrics(run)
    damaged = [{"step": row["step"]} if row["step"] in (4, 7) else row for row in rows]
    (run.folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in damaged))
    assert read_surface(run).centre == (None, None)
    measure(run)
    assert len(read_metrics(run)) == 11
    assert all(value is not None for values in (read_surface(run).loss, read_surface(run).error) for row in values for value in row)


def test_two_sessions_that_ask_the_same_at_the_same_time_find_the_same_surface():
    asked, launcher, found = asked_for(), Noted(), []
    ready = threading.Barrier(4)

    def ask():
        ready.wait()
        found.extend(start([asked], launcher=launcher))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and len({run.id for run in found}) == 1 == len(kept()) and len(launcher.submitted) == 1


def test_deleted_surfaces_come_back_within_a_day():
    run = begun()
    LAUNCHER.stop(run)
    RunWriter(run.folder).status(state="stopped")
    delete(run)
    assert not kept()
    assert restore(run.id, landscapes_folder()).id == run.id and [one.id for one, _ in kept()] == [run.id]
    with pytest.raises(RunError, match="cannot be restored any more"):
        restore(run.id, landscapes_folder())


def test_files_hold_the_same_numbers():
    surfaces = []
    for changes in ({}, {"dims": 1, "points": 3}):
        run = begun(**changes)
        measure(run)
        surfaces.append(read_surface(run))
    plane, line = surfaces
    arrays = np.load(io.BytesIO(as_file(surfaces, "npz")))
    assert arrays["loss"].shape == (5, 5) and arrays["loss_1"].shape == (3,) and arrays["error"].shape == (5, 5)
    np.testing.assert_array_equal(arrays["loss"], np.array(plane.loss))
    np.testing.assert_array_equal(arrays["axis_1"], [-0.5, 0, 0.5])
    assert json.loads(str(arrays["about"]))[1]["dims"] == 1
    read = json.loads(as_file(surfaces, "json"))
    assert read[0]["loss"] == [list(row) for row in plane.loss] and read[1]["centre"]["loss"] == line.centre[0] == line.loss[0][1]
    header, *rows = as_file(surfaces, "csv").decode().splitlines()
    assert header == "model,network,seed,first,second,loss,error" and len(rows) == 28
    assert rows[1].split(",")[3:] == ["-0.25", "-0.5", str(plane.loss[0][1]), str(plane.error[0][1])]
    nowhere = replace(line, loss=((math.nan, math.inf, None),))
    assert json.loads(as_file([nowhere], "json"))[0]["loss"] == [["NaN", "Infinity", None]]
    assert as_dict(nowhere)["centre"]["loss"] == math.inf

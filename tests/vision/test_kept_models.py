"""Models kept for all: loaded once however many ask, let go when they fill the memory, and loaded anew when their file is another."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from finished import finished_run

from explorer.errors import BadInput
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.networks.weights import save_weights
from explorer.runs.run import FINAL_WEIGHTS
from explorer.vision.kept import LEAST_CAP, KeptModels, default_cap, mark_of
from explorer.vision.models import find_model, open_model
from explorer.vision.own import bring_in, remove


@pytest.fixture
def opening():
    """`open_model` that takes its time, and the ids it was asked for."""
    asked = []

    def open(model_id):
        asked.append(model_id)
        time.sleep(0.05)
        return open_model(model_id)

    open.asked = asked
    return open


def test_ten_threads_get_one_and_the_same(opening):
    kept, runs = KeptModels(open=opening), [finished_run("cifar10").id, finished_run("mnist-5k").id]
    with ThreadPoolExecutor(10) as threads:
        found = list(threads.map(kept.get, runs * 5))
    assert sorted(opening.asked) == sorted(runs)
    for at, run in enumerate(runs):
        mine = found[at::2]
        assert len(mine) == 5 and all(one is mine[0] for one in mine) and mine[0].model.id == run


def test_the_longest_unused_are_let_go_above_the_cap(opening):
    runs = [finished_run("cifar10").id for _ in range(3)]
    one = open_model(runs[0]).bytes
    kept = KeptModels(cap=2 * one + one // 2, open=opening)
    first = kept.get(runs[0])
    kept.get(runs[1])
    assert kept.ids == (runs[0], runs[1]) and kept.bytes == 2 * one
    assert kept.get(runs[0]) is first
    kept.get(runs[2])
    assert kept.ids == (runs[0], runs[2]) and kept.bytes <= kept.cap
    assert kept.get(runs[0]) is first and opening.asked == runs


def test_those_that_are_being_loaded_at_once_stay_below_the_cap():
    runs = [finished_run("cifar10").id for _ in range(6)]
    size = mark_of(find_model(runs[0]))[-1]
    lock, now, most = threading.Lock(), [], []

    def open(model_id):
        with lock:
            now.append(model_id)
            most.append(len(now))
        time.sleep(0.05)
        found = open_model(model_id)
        with lock:
            now.remove(model_id)
        return found

    kept = KeptModels(cap=2 * size, open=open)
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(kept.get, runs))
    assert [one.model.id for one in found] == runs and max(most) == 2 and kept.bytes <= kept.cap
    alone = KeptModels(cap=10, open=open)
    most.clear()
    with ThreadPoolExecutor(6) as threads:
        assert len(list(threads.map(alone.get, runs))) == 6
    assert max(most) == 1


def test_weights_exchanged_while_they_are_read_are_read_again_next_time():
    run = finished_run("cifar10")

    def open(model_id):
        found = open_model(model_id)
        save_weights(build(found.model.spec, seed=7), run.folder / FINAL_WEIGHTS, found.model.metadata)
        return found

    kept = KeptModels(open=open)
    old = kept.get(run.id)
    kept._open = open_model
    new = kept.get(run.id)
    assert new is not old and new.net.fc.weight.equal(build(new.model.spec, seed=7).fc.weight) and kept.get(run.id) is new


def test_one_larger_than_the_cap_is_kept_alone(opening):
    runs = [finished_run("cifar10").id for _ in range(2)]
    kept = KeptModels(cap=10, open=opening)
    held = kept.get(runs[0])
    assert kept.get(runs[0]) is held and kept.ids == (runs[0],)
    kept.get(runs[1])
    assert kept.ids == (runs[1],)
    assert held.net.training is False and sum(1 for _ in held.net.parameters()) > 0, "who holds it keeps it"


def test_bytes_are_those_of_weights_and_buffers():
    loaded = open_model(finished_run("cifar10").id)
    assert loaded.bytes == sum(t.numel() * t.element_size() for t in (*loaded.net.parameters(), *loaded.net.buffers()))


def test_another_file_under_the_same_name_is_another_model(tmp_path):
    text, kept = "cifar/basic-8?width=4", KeptModels()
    file = tmp_path / "mine.safetensors"
    save_weights(build(parse_spec(text), seed=1), file, {"network": text})
    with file.open("rb") as data:
        model = bring_in(data, file.name)
    before = kept.get(model.id)
    assert kept.get(model.id) is before
    remove(model.id)
    with pytest.raises(BadInput, match="There is no model own/mine"):
        kept.get(model.id)
    save_weights(build(parse_spec(text), seed=2), file, {"network": text})
    with file.open("rb") as data:
        assert bring_in(data, file.name).id == model.id
    after = kept.get(model.id)
    assert after is not before and not after.net.fc.weight.equal(before.net.fc.weight)


def test_one_that_cannot_be_loaded_says_so_to_everybody_and_may_work_later(opening):
    run, kept = finished_run("cifar10"), KeptModels(open=opening)
    whole = (run.folder / FINAL_WEIGHTS).read_bytes()
    (run.folder / FINAL_WEIGHTS).write_bytes(whole[:-100])
    for _ in range(2):
        with pytest.raises(BadInput):
            kept.get(run.id)
    (run.folder / FINAL_WEIGHTS).write_bytes(whole)
    assert kept.get(run.id).model.id == run.id


def test_the_cap_is_a_share_of_the_memory():
    assert default_cap() >= LEAST_CAP and KeptModels().cap == default_cap()

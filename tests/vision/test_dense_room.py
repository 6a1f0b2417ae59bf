"""The memory of networks run over large pictures: estimated, asked for one pass at a time, and refused where there is too little."""

import threading
import time

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.anatomy.memory import memory_of
from explorer.anatomy.of import anatomy_of
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.vision import dense_room
from explorer.vision.classify import at_any_size, classify
from explorer.vision.dense_room import LARGE, TooLarge, room_for, signal_bytes
from explorer.vision.loading import LoadedModel
from explorer.vision.many_crops import answers_by_crops
from explorer.vision.model import Model
from explorer.vision.picture import Picture
from explorer.vision.prepare import Preparation
from explorer.vision.sources import Source

SIDE = int(LARGE**0.5) + 1


@pytest.fixture(scope="module")
def small():
    spec = parse_spec("imagenet/basic-18?width=4&classes=10")
    model = Model("small", "Small", "file", spec, None, {})
    net = build(spec, 1).eval().requires_grad_(False)
    return LoadedModel(model, net, Preparation(224, 256, 3, (0.5,) * 3, (0.25,) * 3), tuple("0123456789"), torch.device("cpu"))


def test_signals_grow_as_pictures_do(small):
    memory = memory_of(anatomy_of(small.model.spec), optimiser="none")
    assert signal_bytes(small, (1, 3, 224, 224)) == int(1.2 * (memory.peak - memory.weights))
    assert signal_bytes(small, (2, 3, 448, 896)) == pytest.approx(16 * signal_bytes(small, (1, 3, 224, 224)), abs=16)


def test_what_does_not_fit_is_refused_with_the_estimate(small, monkeypatch):
    pixels = np.zeros((1, 3, SIDE, SIDE), np.uint8)
    monkeypatch.setattr(dense_room, "free_bytes", lambda: signal_bytes(small, pixels.shape) - 1)
    with pytest.raises(TooLarge, match=f"Small needs about .* GB of memory to be run over {SIDE} x {SIDE} pixels, and .* free: use one"):
        at_any_size(small, pixels)
    monkeypatch.setattr(dense_room, "free_bytes", lambda: signal_bytes(small, pixels.shape))
    assert at_any_size(small, pixels).shape == (1, 10)
    monkeypatch.setattr(dense_room, "free_bytes", lambda: 0)
    assert classify(small, Picture(Image.new("RGB", (300, 300))), crops="ten").model == "small", "other crops need no room"


def test_of_many_pictures_the_one_too_large_is_refused_by_its_name(small, monkeypatch, tmp_path):
    files = {"long.png": (900, 225), "square.png": (300, 300)}
    for name, size in files.items():
        Image.new("RGB", size).save(tmp_path / name)
    sources = [Source(name, None, (tmp_path / name).read_bytes) for name in files]
    monkeypatch.setattr(dense_room, "free_bytes", lambda: signal_bytes(small, (1, 3, 700, 700)))
    batches = list(answers_by_crops([small], sources, "scales"))
    assert [row.name for batch in batches for row in batch.rows] == ["square.png"]
    (refused,) = [one for batch in batches for one in batch.refused]
    assert refused.name == "long.png" and "Small needs about" in refused.sentence


def test_large_passes_are_made_one_at_a_time_and_small_ones_need_not_wait(small):
    lock, now, most = threading.Lock(), [], []

    def run(side):
        with room_for(small, (1, 3, side, side)):
            with lock:
                now.append(side)
                most.append(now.count(SIDE))
            time.sleep(0.05)
            with lock:
                now.remove(side)

    threads = [threading.Thread(target=run, args=(SIDE,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    with room_for(small, (1, 3, SIDE, SIDE)):
        run(100)  # by the same thread: it would wait for itself for ever
    for thread in threads:
        thread.join()
    assert max(most) == 1 and len(most) == 5

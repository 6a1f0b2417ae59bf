import json

import numpy as np
import pytest
import torch
from class_folders import make_noise

from explorer.data import open as room
from explorer.data import sampled
from explorer.data.augment import centre_picture
from explorer.data.batches import InMemory
from explorer.data.decode import square
from explorer.data.errors import DataError
from explorer.data.folder import scan
from explorer.data.open import open_batches
from explorer.data.sampled import sampled_statistics
from explorer.data.statistics import channel_statistics
from explorer.data.streamed import Streamed
from explorer.machine.folders import data_folder


@pytest.fixture
def noise(tmp_path):
    return make_noise(tmp_path / "noise", [f"{k}/{i:02}.png" for k in "ab" for i in range(20)], size=(90, 80))


def opened(path, **options):
    return open_batches(str(path), **({"size": 32, "channels": 3, "batch": 8, "augment": "none", "seed": 0} | options))


def test_named_data_lie_in_memory():
    batches = open_batches("mnist-5k", size=32, channels=1, batch=64, augment="crop", seed=1)
    assert isinstance(batches, InMemory) and batches.at(0)[0].shape == (64, 1, 32, 32) and batches.per_epoch == 62


def test_named_data_take_the_papers_augmentation_for_imagenet():
    batches = open_batches("mnist-5k", size=32, channels=1, batch=64, augment="imagenet", seed=1)
    plain = open_batches("mnist-5k", size=32, channels=1, batch=64, augment="none", seed=1)
    (varied, labels), (images, same) = batches.at(3), plain.at(3)
    assert torch.equal(labels, same) and varied.shape == images.shape and not torch.equal(varied, images)
    assert torch.equal(next(batches.validation())[0], next(plain.validation())[0])


def test_small_pictures_lie_in_memory_and_large_ones_stream(noise):
    small, large = opened(noise, size=64), opened(noise, size=65)
    assert isinstance(small, InMemory) and isinstance(large, Streamed)
    assert large.at(0)[0].shape == (8, 3, 65, 65)
    large.close()


def test_pictures_that_would_take_too_much_memory_stream(noise, monkeypatch):
    monkeypatch.setattr(room, "memory_bytes", lambda: 8 * 40 * 3 * 32**2)
    assert isinstance(opened(noise), InMemory)
    monkeypatch.setattr(room, "memory_bytes", lambda: 8 * 40 * 3 * 32**2 - 1)
    stream = opened(noise)
    assert isinstance(stream, Streamed)
    stream.close()


def test_pictures_in_memory_have_room_for_the_papers_crops(noise):
    batches = opened(noise, size=56, augment="imagenet")
    assert batches.images.shape[-1] == 64
    images, labels = next(batches.validation())
    name, label = scan(noise).val[0]
    assert np.array_equal(images[0].numpy(), square((noise / name).read_bytes(), 64, 3)[:, 4:60, 4:60]) and labels[0] == label
    assert batches.at(0)[0].shape == (8, 3, 56, 56)


def test_paired_runs_see_the_same_batches_in_memory_and_streamed(noise):
    for size in (32, 70):
        one, other = (opened(noise, size=size, augment="imagenet", seed=9) for _ in range(2))
        for step in (0, 1, 5):
            assert torch.equal(one.at(step)[0], other.at(step)[0])
        one.close()
        other.close()


def test_a_stream_is_normalised_by_its_own_pictures_which_are_measured_once(noise, monkeypatch):
    folder = scan(noise)
    images = np.stack([centre_picture((noise / name).read_bytes(), 70, 3) for name, _ in folder.train])
    assert sampled_statistics(folder, 70, 3) == channel_statistics([images])
    monkeypatch.setattr(sampled, "centre_picture", None)
    assert sampled_statistics(folder, 70, 3) == channel_statistics([images])
    (kept,) = (data_folder() / "cache" / "statistics").iterdir()
    monkeypatch.undo()
    kept.write_text(json.dumps({"mean": 3}))
    assert sampled_statistics(folder, 70, 3) == channel_statistics([images])


def test_a_large_set_is_measured_on_a_sample_without_its_broken_pictures(noise, monkeypatch):
    monkeypatch.setattr(sampled, "SAMPLE", 10)
    folder = scan(noise)
    chosen = sorted(np.random.default_rng(0).permutation(36)[:10])
    (noise / folder.train[chosen[0]][0]).write_bytes(b"broken")
    images = np.stack([centre_picture((noise / folder.train[i][0]).read_bytes(), 70, 3) for i in chosen[1:]])
    seen = []
    assert sampled_statistics(scan(noise), 70, 3, seen.append) == channel_statistics([images])
    assert seen[-1] == 1.0


def test_a_stream_of_nothing_but_broken_pictures_is_refused(tmp_path):
    for kind in "ab":
        (tmp_path / "set" / kind).mkdir(parents=True)
        for i in range(3):
            (tmp_path / "set" / kind / f"{i}.png").write_bytes(b"broken")
    with pytest.raises(DataError, match="None of 4 pictures in .* can be read"):
        opened(tmp_path / "set", size=70)


def test_progress_may_end_the_opening(noise):
    class Stop(Exception):
        pass

    def stop(done):
        raise Stop

    for size in (32, 70):
        with pytest.raises(Stop):
            opened(noise, size=size, progress=stop)

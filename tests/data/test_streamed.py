import threading

import numpy as np
import pytest
import torch
from class_folders import make_noise, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data.augment import CropFlip, centre_picture, imagenet_draws, imagenet_picture
from explorer.data.errors import DataError
from explorer.data.folder import scan
from explorer.data.order import BatchOrder, steps_per_epoch
from explorer.data.streamed import AHEAD, Streamed
from explorer.networks.known_data import Statistics

HALVES = Statistics((0.5,) * 3, (0.25,) * 3)
SIZE, BATCH, SEED = 12, 10, 4


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    return make_noise(tmp_path_factory.mktemp("data") / "noise", [f"{k}/{i:02}.png" for k in "ab" for i in range(30)], size=(20, 15))


@pytest.fixture
def streams():
    """Opens streams, and closes them in the end."""
    opened = []

    def open_stream(path, augment="imagenet", **options):
        options = {"size": SIZE, "channels": 3, "batch": BATCH, "seed": SEED} | options
        opened.append(Streamed("noise", scan(path), HALVES, augment=augment, **options))
        return opened[-1]

    yield open_stream
    for one in opened:
        one.close()


def expected(folder, step, augment):
    """The batch of a step as a plain loop."""
    order = BatchOrder(SEED, len(folder.train), BATCH, steps_per_epoch(len(folder.train), BATCH))
    draws, images, labels = imagenet_draws(SEED, step, BATCH), [], []
    for place, index in enumerate(order.indices(step).tolist()):
        content = (folder.path / folder.train[index][0]).read_bytes()
        images.append(imagenet_picture(content, draws, place, SIZE, 3) if augment == "imagenet" else centre_picture(content, SIZE, 3))
        labels.append(folder.train[index][1])
    images = torch.from_numpy(np.stack(images))
    if augment.startswith("crop"):
        images = CropFlip(SEED, augment == "crop-flip")(images, step)
    return images, torch.tensor(labels)


def assert_same(batch, other):
    assert torch.equal(batch[0], other[0]) and torch.equal(batch[1], other[1])


@pytest.mark.parametrize("augment", ["none", "crop", "crop-flip", "imagenet"])
def test_a_stream_gives_what_a_plain_loop_gives(noise, streams, augment):
    stream = streams(noise, augment)
    for step in range(8):  # more than an epoch
        assert_same(stream.at(step), expected(stream.folder, step, augment))


@settings(deadline=None, max_examples=8)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=6))
def test_a_step_gives_the_same_whatever_was_asked_before(steps):
    folder = test_a_step_gives_the_same_whatever_was_asked_before.folder
    stream = Streamed("noise", folder, HALVES, size=SIZE, channels=3, batch=BATCH, augment="imagenet", seed=SEED)
    for step in steps:
        assert_same(stream.at(step), expected(folder, step, "imagenet"))
    stream.close()


@pytest.fixture(autouse=True)
def _folder(noise):
    test_a_step_gives_the_same_whatever_was_asked_before.folder = scan(noise)


def test_a_zip_streams_as_the_folder_it_was_made_of(noise, streams):
    folder, archive = streams(noise), streams(zipped(noise))
    for step in range(3):
        assert_same(folder.at(step), archive.at(step))


def test_the_validation_pictures_come_in_order_as_they_are(noise, streams):
    stream = streams(noise)
    for _ in range(2):
        batches = list(stream.validation())
        images = np.stack([centre_picture((noise / name).read_bytes(), SIZE, 3) for name, _ in stream.folder.val])
        assert np.array_equal(torch.cat([images for images, _ in batches]).numpy(), images)
        assert torch.cat([labels for _, labels in batches]).tolist() == [label for _, label in stream.folder.val]
    assert stream.val_count == len(stream.folder.val) == 6


def test_a_broken_picture_is_stood_in_for_by_the_next_whole_one(tmp_path, streams):
    path = make_noise(tmp_path / "noise", [f"{k}/{i:02}.png" for k in "ab" for i in range(10)], size=(20, 15))
    folder = scan(path)
    before = streams(path, "none", batch=18).at(0)
    broken, after = folder.train[4][0], folder.train[5]
    (path / broken).write_bytes(b"broken")
    stream = streams(path, "none", batch=18)
    images, labels = stream.at(0)
    place = BatchOrder(SEED, 18, 18, 1).indices(0).tolist().index(4)
    assert np.array_equal(images[place].numpy(), centre_picture((path / after[0]).read_bytes(), SIZE, 3)) and labels[place] == after[1]
    others = [i for i in range(18) if i != place]
    assert torch.equal(images[others], before[0][others])
    assert stream.report.skipped == ((broken, "broken: cannot be decoded as a picture"),) and stream.report.kept == 19
    assert sum(one.train for one in stream.report.per_class) == 17


def test_a_set_that_was_taken_away_ends_with_a_sentence(tmp_path, streams):
    path = make_noise(tmp_path / "noise", [f"{k}/{i:02}.png" for k in "ab" for i in range(10)])
    stream = streams(path)
    path.rename(tmp_path / "elsewhere")
    with pytest.raises(DataError, match="50 pictures in a row cannot be read in .*: is it still as it was"):
        stream.at(0)


def test_only_a_few_batches_are_decoded_ahead_and_closing_ends_the_threads(noise):
    before = threading.active_count()
    stream = Streamed("noise", scan(noise), HALVES, size=SIZE, channels=3, batch=BATCH, augment="imagenet", seed=SEED)
    stream.at(0)
    assert sorted(stream._steps.begun) == list(range(1, 1 + AHEAD))
    stream.at(40)
    assert sorted(stream._steps.begun) == list(range(41, 41 + AHEAD))
    stream.close()
    assert threading.active_count() == before

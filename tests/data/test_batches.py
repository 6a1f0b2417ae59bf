import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data.augment import PAD, CropFlip
from explorer.data.order import AUGMENT, BatchOrder, steps_per_epoch, stream


def test_an_epoch_shows_every_image_at_most_once_in_full_batches():
    order = BatchOrder(seed=5, images=23, batch=4, per_epoch=5)
    shown = torch.cat([order.indices(step) for step in range(5)])
    assert len(shown) == len(shown.unique()) == 20


def test_epochs_are_shuffled_anew():
    order = BatchOrder(seed=5, images=20, batch=20, per_epoch=1)
    assert not torch.equal(order.indices(0), order.indices(1))


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 50), min_size=1, max_size=8))
def test_a_step_sees_the_same_images_whatever_was_asked_before(seed, steps):
    order = BatchOrder(seed, images=17, batch=3, per_epoch=5)
    for step in steps:
        fresh = BatchOrder(seed, images=17, batch=3, per_epoch=5)
        assert torch.equal(order.indices(step), fresh.indices(step))


def test_a_data_set_smaller_than_a_batch_is_one_batch():
    assert sorted(BatchOrder(0, images=3, batch=8, per_epoch=1).indices(4).tolist()) == [0, 1, 2]


def crop_flip_one_by_one(images, seed, step, flip=True):
    """The same augmentation as a loop over the pictures, to hold the batched one against."""
    count, _, height, width = images.shape
    random = stream(seed, AUGMENT, step)
    tops, lefts = random.integers(0, 2 * PAD + 1, count), random.integers(0, 2 * PAD + 1, count)
    mirrored = random.random(count) < 0.5
    out = []
    for image, top, left, mirror in zip(images.numpy(), tops, lefts, mirrored, strict=True):
        padded = np.pad(image, ((0, 0), (PAD, PAD), (PAD, PAD)))
        crop = padded[:, top : top + height, left : left + width]
        out.append(crop[:, :, ::-1] if mirror and flip else crop)
    return torch.from_numpy(np.stack(out))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 99), st.integers(0, 99), st.integers(1, 4), st.integers(5, 9), st.integers(5, 9), st.booleans())
def test_the_batched_crop_and_flip_equals_the_one_picture_by_picture(seed, step, channels, height, width, flip):
    images = torch.randint(1, 256, (6, channels, height, width), dtype=torch.uint8, generator=torch.Generator().manual_seed(seed))
    assert torch.equal(CropFlip(seed, flip)(images, step), crop_flip_one_by_one(images, seed, step, flip))


def test_crops_and_flips_take_every_place_about_equally_often():
    images = torch.zeros(5000, 1, 9, 9, dtype=torch.uint8)
    images[:, 0, 4, 4] = 1
    places = CropFlip(0, flip=True)(images, 0)[:, 0].nonzero()[:, 1:]
    counts = torch.bincount(places[:, 0] * 9 + places[:, 1], minlength=81)
    assert (counts > 5000 / 81 * 0.5).all() and (counts < 5000 / 81 * 1.6).all()
    two_ends = torch.zeros(2000, 1, 1, 2, dtype=torch.uint8)
    two_ends[..., 0] = 1
    flips = [CropFlip(0, flip=True)(two_ends, step) for step in range(3)]
    assert not torch.equal(flips[0], flips[1]) and not torch.equal(flips[1], flips[2])


def test_only_full_batches_make_an_epoch():
    assert steps_per_epoch(4000, 64) == 62
    assert steps_per_epoch(50_000, 128) == 390
    assert steps_per_epoch(10, 64) == 1

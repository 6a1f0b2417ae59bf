"""Pictures for fresh networks."""

import pytest
import torch
import torch.nn.functional as F

from explorer.errors import BadInput
from explorer.lab.pictures import DATA, fresh_pictures
from explorer.networks.build import build
from explorer.networks.spec import parse_spec

SPEC = parse_spec("cifar/plain-8?channels=1&input=28&classes=7")


@pytest.mark.parametrize("data", DATA)
def test_pictures_fit_the_network_and_more_of_them_begin_with_the_same(data):
    images, labels = fresh_pictures(SPEC, 20, 3, data)
    assert images.shape == (20, 1, 28, 28) and images.dtype == torch.float32 and labels.shape == (20,)
    assert 0 <= labels.min() and labels.max() < 7
    more, more_labels = fresh_pictures(SPEC, 64, 3, data)
    assert torch.equal(more[:20], images) and torch.equal(more_labels[:20], labels)
    assert not torch.equal(fresh_pictures(SPEC, 20, 4, data)[0], images)


def test_noise_has_mean_0_and_deviation_1():
    images, labels = fresh_pictures(SPEC, 1000, 0, "noise")
    assert abs(images.mean()) < 0.01 and abs(images.std() - 1) < 0.01
    assert torch.bincount(labels, minlength=7).min() > 100


def test_noise_is_independent_of_the_weights_of_its_seed():
    """Both from one stream would be the same numbers, but for their scale."""
    for text, seed in (("cifar/plain-8?width=64", 0), ("cifar/basic-8?width=64&channels=1", 3)):
        spec = parse_spec(text)
        images, _ = fresh_pictures(spec, 8, seed, "noise")
        for number in (seed - 1, seed, seed + 1):
            weights = build(spec, max(number, 0)).conv1.weight.flatten()
            assert abs(F.cosine_similarity(images.flatten()[: len(weights)], weights, dim=0)) < 0.2


def test_other_data_are_refused():
    with pytest.raises(BadInput, match="not cats"):
        fresh_pictures(SPEC, 2, 0, "cats")

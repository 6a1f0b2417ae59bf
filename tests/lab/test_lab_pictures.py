"""Pictures for fresh networks."""

import pytest
import torch

from explorer.errors import BadInput
from explorer.lab.pictures import DATA, fresh_pictures
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


def test_other_data_are_refused():
    with pytest.raises(BadInput, match="not cats"):
        fresh_pictures(SPEC, 2, 0, "cats")

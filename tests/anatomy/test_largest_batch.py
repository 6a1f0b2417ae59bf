"""The largest batch that fits: one more would not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.anatomy.largest_batch import largest_batch
from explorer.anatomy.memory import LARGEST_BATCH, OPTIMISERS, PRECISIONS, memory_of
from explorer.anatomy.of import anatomy_of
from explorer.networks.spec import parse_spec


@pytest.fixture(scope="module")
def anatomy():
    return anatomy_of(parse_spec("cifar/basic-20"))


@settings(max_examples=60, deadline=None)
@given(room=st.integers(10**6, 10**12), precision=st.sampled_from(list(PRECISIONS)), optimiser=st.sampled_from(list(OPTIMISERS)))
def test_it_fits_and_one_more_does_not(anatomy, room, precision, optimiser):
    most = largest_batch(anatomy, room, precision, optimiser)
    if most:
        assert memory_of(anatomy, most, precision, optimiser).peak <= room
    if most < LARGEST_BATCH:
        assert memory_of(anatomy, most + 1, precision, optimiser).peak > room


def test_the_ends(anatomy):
    one = memory_of(anatomy, 1).peak
    assert largest_batch(anatomy, one - 1) == 0
    assert largest_batch(anatomy, one) == 1
    assert largest_batch(anatomy, 10**18) == LARGEST_BATCH

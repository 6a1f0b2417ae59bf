"""What is selected, found again in the table."""

import pytest

from explorer.anatomy.of import anatomy_of
from explorer.networks.spec import parse_spec
from explorer.ui.architecture.selection import rows_of


@pytest.fixture(scope="module")
def anatomy():
    return anatomy_of(parse_spec("cifar/basic-56"))


def test_a_layer_is_one_row(anatomy):
    assert rows_of(anatomy, "layer2.0.conv1") == ("layer2.0.conv1",)


def test_a_group_is_all_its_rows(anatomy):
    rows = rows_of(anatomy, "layer2.0")
    assert "layer2.0.conv1" in rows and "layer2.0.conv2" in rows
    assert all(row.startswith("layer2.0.") for row in rows)
    assert len(rows_of(anatomy, "layer1.0-8")) == 9 * len(rows_of(anatomy, "layer1.3"))


@pytest.mark.parametrize("selected", ["", "layer9", "layer1.0.conv1x"])
def test_what_this_network_has_not_is_nothing(anatomy, selected):
    assert rows_of(anatomy, selected) == ()

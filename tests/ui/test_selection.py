"""What is selected, found again in the drawing and in the table."""

import pytest

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.outline import groups
from explorer.figures.diagram import to_dot
from explorer.networks.spec import parse_spec
from explorer.ui.selection import items_of, name_of, rows_of, toggled


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
    assert rows_of(anatomy, selected) == items_of(anatomy, (), selected) == ()


@pytest.mark.parametrize("opened", [(), ("layer1.0-8",), ("layer1.0-8", "layer1.4")])
def test_every_layer_and_group_has_an_item_that_is_drawn(anatomy, opened):
    dot = to_dot(anatomy, frozenset(opened))
    for name in [layer.name for layer in anatomy.layers][::7] + [group.id for group in groups(anatomy)][::5]:
        items = items_of(anatomy, opened, name)
        assert any(f'id="{item}"' in dot for item in items), name


def test_the_most_precise_item_comes_first(anatomy):
    opened = frozenset({"layer1.0-8", "layer1.4"})
    items = items_of(anatomy, opened, "layer1.4.conv2")
    assert items[0] == "layer:layer1.4.conv2"
    assert list(items[1:]) == ["group:layer1.4", "group:layer1.0-8", "group:layer1"]
    assert items_of(anatomy, opened, "layer1")[0] == "group:layer1"


def test_items_name_what_they_stand_for():
    assert name_of("layer:layer1.0.conv1") == "layer1.0.conv1"
    assert name_of("group:layer1~2") == "layer1~2"
    assert name_of("") == ""


def test_toggling_opens_and_closes(anatomy):
    opened = toggled(anatomy, (), "layer2.1-8")
    assert opened == {"layer2.1-8"}
    assert toggled(anatomy, opened, "layer2.1-8") == frozenset()


def test_opening_a_block_opens_its_fold(anatomy):
    assert toggled(anatomy, (), "layer1.0") == {"layer1.0", "layer1.0-8"}
    assert toggled(anatomy, {"layer1.0", "layer1.0-8"}, "layer1.0") == {"layer1.0-8"}


def test_groups_of_another_network_are_dropped(anatomy):
    assert toggled(anatomy, {"layer4.0"}, "layer2.0") == {"layer2.0"}

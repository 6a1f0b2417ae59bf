"""What the Compare page makes of its address: presets, lists, and whatever is wrong with them."""

import pytest

from explorer.ui.compare import state
from explorer.ui.compare.presets import PRESETS
from explorer.ui.compare.state import next_network, read_comparison


@pytest.fixture
def address(monkeypatch):
    """Sets the page's parameters; what the page then sets is in the dictionary too."""
    params = {}
    monkeypatch.setattr(state, "param", lambda name, default="": params.get(name, default))
    monkeypatch.setattr(state, "set_params", lambda **values: params.update(values))
    return params


def read(address, **params):
    address.clear()
    address.update(params)
    return read_comparison()


def drawn(comparison):
    return [spec.text for spec in comparison.drawn]


def test_an_empty_address_is_the_papers_figure_3(address):
    found = read(address)
    assert drawn(found) == ["imagenet/vgg-19", "imagenet/plain-34", "imagenet/basic-34"]
    # The plain net stands in the middle: against it, VGG is what was before and ResNet what was added.
    assert found.preset is PRESETS["figure3"] and found.reference == 1 and not found.troubles


def test_table_1_costs_five_and_draws_four(address):
    found = read(address, preset="table1", reference="4")
    assert drawn(found) == ["imagenet/basic-18", "imagenet/basic-34", "imagenet/bottleneck-50", "imagenet/bottleneck-152"]
    assert len(found.networks) == 5 and found.reference == 3


def test_a_list_counts_before_a_preset_and_is_made_canonical(address):
    found = read(address, networks="imagenet/basic-34?shortcut=B, cifar/plain-20?width=8", preset="table1")
    assert drawn(found) == ["imagenet/basic-34", "cifar/plain-20?width=8"] and found.preset is None and not found.troubles


@pytest.mark.parametrize("reference, index", [("2", 1), ("3", 0), ("0", 0), ("-1", 0), ("x", 0), ("1.5", 0), ("٢", 0)])
def test_a_reference_that_is_not_there_is_the_first(address, reference, index):
    assert read(address, networks="cifar/plain-20,cifar/basic-20", reference=reference).reference == index


def test_a_network_that_cannot_be_is_left_out_with_a_way_out(address):
    found = read(address, networks="imagenet/basic-35,cifar/basic-20,bananas")
    assert drawn(found) == ["cifar/basic-20"]
    first, second = found.troubles
    assert "no depth 35" in first and found.near == ("imagenet/basic-34",)
    assert '"bananas" is no network' in second and second.endswith("It is left out.")


def test_with_nothing_left_the_default_is_shown_and_said(address):
    found = read(address, networks="bananas,torchvision/nonsense")
    assert found.preset is PRESETS["figure3"] and len(found.troubles) == 3
    assert found.troubles[-1] == "Shown instead: The paper's figure 3."
    assert read(address, networks=" , ,").preset is PRESETS["figure3"]


def test_duplicates_are_shown_once(address):
    found = read(address, networks="cifar/basic-20,cifar/basic-20?width=16,cifar/plain-20")
    assert drawn(found) == ["cifar/basic-20", "cifar/plain-20"]
    assert found.troubles == ("cifar/basic-20 is there twice: it is shown once.",)
    assert read(address, networks=",".join(["cifar/basic-20"] * 9)).troubles == found.troubles


def test_five_networks_are_one_too_many(address):
    found = read(address, networks=",".join(f"cifar/basic-{depth}" for depth in (20, 32, 44, 56, 110)))
    assert len(found.drawn) == 4
    left_out = "4 networks can stand side by side: cifar/basic-110 is left out. Remove one to make room."
    assert found.troubles == (left_out,)
    assert read(address, networks=f"{address['networks']},cifar/basic-110").troubles == (left_out,)


@pytest.mark.parametrize(
    "networks, near",
    [
        ("cifar/basic-21,cifar/basic-22", ["cifar/basic-20", "cifar/basic-26"]),
        ("cifar/basic-20,cifar/basic-21", ["cifar/basic-26"]),
        ("cifar/foo-20,cifar/basic-20", []),
        ("cifar/basic-8,cifar/basic-14,cifar/basic-20,cifar/basic-57", ["cifar/basic-56", "cifar/basic-62"]),
        ("cifar/basic-8,cifar/basic-14,cifar/basic-20,cifar/basic-26,cifar/basic-57", []),
    ],
)
def test_what_is_offered_instead_is_there_once_new_and_has_room(address, networks, near):
    assert list(read(address, networks=networks).near) == near


def test_an_unknown_preset_is_said(address):
    found = read(address, preset="<b>table 9</b>")
    assert found.preset is PRESETS["figure3"] and "no preset" in found.troubles[0]


def test_networks_of_one_name_are_told_apart_by_what_differs(address):
    found = read(address, preset="shortcuts")
    assert list(found.labels.values()) == ["ResNet-34 (shortcut A)", "ResNet-34 (shortcut B)", "ResNet-34 (shortcut C)"]
    mixed = read(address, networks="cifar/basic-20?width=8,cifar/basic-20,cifar/plain-20,torchvision/resnet18")
    assert list(mixed.labels.values()) == ["Residual-20 (width 8)", "Residual-20 (width 16)", "Plain-20", "resnet18 (torchvision)"]


def test_changes_go_into_the_address(address):
    state.take_networks(["cifar/plain-20", "cifar/basic-20", "cifar/plain-20"], reference=1)
    assert address["networks"] == "cifar/plain-20,cifar/basic-20" and address["reference"] == "2" and address["preset"] is None
    state.take_preset("gates")
    assert address["preset"] == "gates" and address["networks"] is None and address["reference"] is None
    comparison = read(address, networks="cifar/plain-20,cifar/basic-20")
    state.take_reference(1, comparison)
    assert address["reference"] == "2"
    state.take_reference(0, comparison)
    assert address["reference"] is None
    state.take_reference(0, read(address))  # figure 3, whose own reference is the second
    assert address["reference"] == "1"


def test_what_is_offered_next_is_new(address):
    assert next_network(["imagenet/vgg-19", "imagenet/plain-34"]) == "imagenet/basic-34"
    assert next_network(["cifar/basic-20", "cifar/plain-20", "cifar/highway-20"]) == "cifar/preact-20"
    assert next_network([]) == "imagenet/basic-34"

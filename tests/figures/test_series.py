"""Dash patterns within a family, and thinning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.figures.colours import FAMILY_COLOURS
from explorer.figures.series import LayerValues, RunCurves, looks, uid


def test_a_familys_deepest_network_is_solid_and_every_label_keeps_one_dash():
    runs = [
        RunCurves("Plain-20", "plain", 20, []),
        RunCurves("Plain-56", "plain", 56, []),
        RunCurves("Residual-20", "residual", 20, []),
        RunCurves("Residual-56", "residual", 56, []),
        RunCurves("Residual-110", "residual", 110, []),
    ]
    assert {label: look["dash"] for label, look in looks(runs).items()} == {
        "Plain-56": "solid",
        "Plain-20": "dash",
        "Residual-110": "solid",
        "Residual-56": "dash",
        "Residual-20": "dot",
    }


def test_the_same_network_in_two_panels_has_one_dash():
    series = [LayerValues("Plain-20", "plain", (), (), (), (), depth=20, panel=panel) for panel in ("a", "b")]
    assert looks(series) == {"Plain-20": {"color": "#D55E00", "dash": "solid"}}


def test_values_at_a_step_are_the_last_measured_until_then():
    one = LayerValues("a", "plain", ("conv1",), ("conv",), (0, 10, 20), ([1.0], [2.0], [3.0]))
    assert one.at(0) == [1.0]
    assert one.at(19) == [2.0]
    assert one.at(99) == [3.0]
    assert one.at(-1) == ()


def test_a_fifth_network_of_a_family_is_told_apart_by_a_lighter_shade():
    look = looks([RunCurves(f"Plain-{depth}", "plain", depth, []) for depth in (8, 14, 20, 32, 44)])
    assert look["Plain-44"] == {"color": "#D55E00", "dash": "solid"}
    assert look["Plain-8"]["dash"] == "solid" and look["Plain-8"]["color"] != "#D55E00"
    assert len({tuple(one.values()) for one in look.values()}) == 5


@pytest.mark.parametrize("family", FAMILY_COLOURS)
def test_twelve_networks_of_a_family_have_twelve_looks(family):
    look = looks([RunCurves(f"network {depth}", family, depth, []) for depth in range(12)])
    assert len({tuple(one.values()) for one in look.values()}) == 12


@given(st.text())
def test_a_uid_can_stand_in_a_css_class(name):
    assert all(sign.isascii() and (sign.isalnum() or sign in "-_") for sign in uid(name))


def test_a_uid_tells_names_apart():
    assert uid("with BN Plain-8, step 0") == "with-BN-Plain-8-step-0"
    assert uid("Plain-56 (width 8) seed 1, ab12 training") == "Plain-56-width-8-seed-1-ab12-training"

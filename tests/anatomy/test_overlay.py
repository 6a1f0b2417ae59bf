"""Quantities laid over a drawing: exact values, their scale, and what the drawing is sent."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.overlay import MOST_STEPS, MOST_VALUES, Overlay, built_in, measured, most_steps, on_one_scale, scale_of, thinned
from explorer.networks.spec import parse_spec


@pytest.fixture(scope="module")
def anatomy():
    return anatomy_of(parse_spec("cifar/basic-8?width=4"))


def by_layer(overlay, anatomy, row=0):
    return {layer.name: value for layer, value in zip(anatomy.layers, overlay.values[row], strict=True)}


def test_the_built_in_quantities_are_those_of_the_layers(anatomy):
    found = {overlay.id: by_layer(overlay, anatomy) for overlay in built_in(anatomy)}
    assert list(found) == ["params", "macs", "activations", "receptive_field"]
    # 3x3 kernels from 3 to 4 channels on 32x32 pixels; a scale and a shift for each channel; 64 values to 10 classes less width.
    assert (found["params"]["conv1"], found["macs"]["conv1"]) == (3 * 4 * 9, 3 * 4 * 9 * 32 * 32)
    assert (found["params"]["bn1"], found["macs"]["bn1"]) == (8, None)
    assert (found["params"]["fc"], found["macs"]["fc"]) == (16 * 10 + 10, 160)
    assert (found["activations"]["conv1"], found["receptive_field"]["conv1"]) == (4 * 4 * 32 * 32, 3)
    assert found["params"]["relu"] is None and found["receptive_field"]["relu"] == 3
    for name, total in (("params", anatomy.params), ("macs", anatomy.macs), ("activations", anatomy.activation_bytes)):
        assert sum(value or 0 for value in found[name].values()) == total


def test_flops_are_two_for_each_mac(anatomy):
    macs, flops = (next(one for one in built_in(anatomy, unit) if one.id == "macs") for unit in ("MACs", "FLOPs"))
    assert (flops.label, flops.unit) == ("FLOPs", "FLOPs") and "FLOPs" in flops.note
    assert flops.values[0] == tuple(None if value is None else 2 * value for value in macs.values[0])


def test_how_nodes_of_several_layers_put_their_values_together(anatomy):
    assert {one.id: one.how for one in built_in(anatomy)} == {"params": "sum", "macs": "sum", "activations": "sum", "receptive_field": "max"}


@pytest.mark.parametrize(("values", "scale"), [
    ([1, 100], "log"), ([1, 99], "linear"), ([0, 1, 100], "log"), ([-1, 1, 1000], "linear"), ([0, 0], "linear"), ([None], "linear"),
    ([], "linear"), ([math.nan, 1, 1000, math.inf], "log"), ([1e-9, None, 1e-3], "log"),
])  # fmt: skip
def test_the_scale_is_logarithmic_where_values_span_decades(values, scale):
    assert scale_of([values]) == scale
    assert scale_of([[value] for value in values]) == scale


def test_measured_values_find_their_layers(anatomy):
    overlay = measured(anatomy, "x", "X", "ms", "Note.", ["fc", "aux.fc", "conv1"], [[1.0, 9.0, 2.0], [3.0, 9.0, None]], steps=[0, 10])
    assert overlay.steps == (0, 10)
    assert {name: value for name, value in by_layer(overlay, anatomy).items() if value is not None} == {"conv1": 2.0, "fc": 1.0}
    assert by_layer(overlay, anatomy, 1)["fc"] == 3.0 and by_layer(overlay, anatomy, 1)["conv1"] is None


def test_an_attentions_values_go_by_its_modules_name():
    anatomy = anatomy_of(parse_spec("torchvision/vit_b_32"))
    layer = next(layer.name for layer in anatomy.layers if layer.kind == "attention")
    for name in (layer, layer.removesuffix(".attention")):
        assert by_layer(measured(anatomy, "x", "X", "", "", [name], [[5.0]]), anatomy)[layer] == 5.0


def test_what_the_drawing_is_sent(anatomy):
    values = [123456789, 0.123456789, None, math.nan, math.inf, -math.inf, 0]
    names = [layer.name for layer in anatomy.layers[: len(values)]]
    sent = measured(anatomy, "x", "X", "ms", "Note.", names, [values], how="sum").to_json()
    assert sent["values"][:7] == [123456789, 0.123457, None, "NaN", "Infinity", "-Infinity", 0]
    assert len(sent["values"]) == len(anatomy.layers) and sent["steps"] is None
    assert json.loads(json.dumps(sent, allow_nan=False)) == sent
    assert {key: sent[key] for key in ("id", "label", "unit", "how", "scale", "note")} == {
        "id": "x", "label": "X", "unit": "ms", "how": "sum", "scale": "log", "note": "Note.",
    }  # fmt: skip
    steps = measured(anatomy, "x", "X", "", "", ["fc"], [[1.0], [2.0]], steps=[5, 6]).to_json()
    assert steps["steps"] == [5, 6] and [row[-1] for row in steps["values"]] == [1.0, 2.0]


def test_what_is_on_offer_has_no_values():
    offered = Overlay("x", "X", "", "max", "log", "Note.").to_json()
    assert offered["values"] is None and offered["steps"] is None


def test_lines_have_the_values_of_their_edges(anatomy):
    ends = [("layer1.0.relu1", "layer1.0.conv2"), ("no", "edge"), ("relu", "layer1.0.add")]
    edge_rows = [[3.0, 9.0, math.inf], [4.0, 9.0, None]]
    overlay = measured(anatomy, "x", "X", "", "", ["fc"], [[1.0], [2.0]], [0, 5], ends=ends, edge_rows=edge_rows)
    assert [len(row) for row in overlay.edges] == [len(anatomy.edges)] * 2
    found = [{(edge.source, edge.target): value for edge, value in zip(anatomy.edges, row) if value is not None} for row in overlay.edges]
    assert found == [{ends[0]: 3.0, ends[2]: math.inf}, {ends[0]: 4.0}]
    sent = overlay.to_json()
    assert [value for value in sent["edges"][0] if value is not None] == [3.0, "Infinity"]
    assert (sent["range"], sent["edge_range"], sent["edge_label"]) == (None, None, "")
    alone = measured(anatomy, "x", "X", "", "", ["fc"], [[1.0]], ends=ends, edge_rows=[[3.0, 9.0, 5.0]]).to_json()
    assert len(alone["edges"]) == len(anatomy.edges)  # without steps it is one row, not a list of rows
    assert measured(anatomy, "x", "X", "", "", ["fc"], [[1.0]]).to_json()["edges"] is None


def test_the_scale_is_that_of_layers_and_lines_together(anatomy):
    ends = [("relu", "layer1.0.add")]
    assert measured(anatomy, "x", "X", "", "", ["fc"], [[1.0]], ends=ends, edge_rows=[[100.0]]).scale == "log"
    assert measured(anatomy, "x", "X", "", "", ["fc"], [[1.0]], ends=ends, edge_rows=[[99.0]]).scale == "linear"


def test_several_drawings_share_one_scale(anatomy):
    def overlay(value, on_line, label=""):
        ends = [("relu", "layer1.0.add")]
        return measured(anatomy, "x", "X", "", "", ["fc"], [[value]], ends=ends, edge_rows=[[on_line]], edge_label=label)

    def scales(*overlays):
        return {(one.scale, one.range, one.edge_range) for one in on_one_scale(overlays)}

    assert scales(overlay(2.0, 3.0), overlay(5.0, math.inf)) == {("linear", (0, 5.0), None)}
    assert scales(overlay(1e-4, 3.0), overlay(0.0, 50.0)) == {("log", (1e-4, 50.0), None)}
    assert scales(overlay(4.0, 5.0), overlay(4.5, math.nan)) == {("linear", (4.0, 5.0), None)}
    assert scales(overlay(math.nan, None)) == {("linear", None, None)}
    assert on_one_scale([]) == ()
    # Lines of another quantity have a scale of their own.
    assert scales(overlay(0.1, 1e3, "Gradient"), overlay(0.9, 0.0, "Gradient")) == {("linear", (0, 0.9), (1e3, 1e3))}
    assert overlay(0.1, 1e3).scale == "log" and overlay(0.1, 1e3, "Gradient").scale == "linear"
    sent = on_one_scale([overlay(0.1, 1e3, "Gradient")])[0].to_json()
    assert (sent["range"], sent["edge_range"], sent["edge_label"]) == ([0.1, 0.1], [1e3, 1e3], "Gradient")


def test_a_long_run_is_thinned_and_keeps_its_ends(anatomy):
    steps = list(range(0, 10_000, 10))
    overlay = measured(anatomy, "x", "X", "", "", ["fc"], [[float(step)] for step in steps], steps=steps)
    assert 100 <= len(overlay.steps) <= MOST_STEPS and (overlay.steps[0], overlay.steps[-1]) == (0, 9990)
    assert [row[-1] for row in overlay.values] == list(overlay.steps)


@given(count=st.integers(0, 3000), at_most=st.integers(2, 300))
def test_thinning_keeps_at_most_so_many_and_both_ends(count, at_most):
    kept = thinned(count, at_most)
    assert len(kept) <= at_most and kept == sorted(set(kept))
    assert kept[:1] == [0][:count] and kept[-1:] == [count - 1][:count]
    assert count > at_most or kept == list(range(count))
    assert len(kept) > min(count, at_most) / 2 - 1


@given(count=st.integers(1, 2000), more=st.integers(0, 50))
def test_while_a_run_goes_on_the_steps_shown_stay_or_every_other_one_goes(count, more):
    before, after = thinned(count, 100)[:-1], thinned(count + more, 100)[:-1]
    assert after[: len(before)] == before or set(after) & set(range(count - 1)) <= set(before)


def test_a_huge_network_has_fewer_steps():
    huge = anatomy_of(parse_spec("cifar/basic-1202"))
    assert 2 <= most_steps(huge) < MOST_STEPS and most_steps(huge) * len(huge.layers) <= MOST_VALUES
    assert most_steps(huge, with_edges=True) * (len(huge.layers) + len(huge.edges)) <= MOST_VALUES

"""A person's own numbers: what is read, and the sentence for everything that is not."""

import json
import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.anatomy import overlay_file
from explorer.anatomy.of import anatomy_of
from explorer.anatomy.overlay_file import MOST_BYTES, MOST_ROWS, example_csv, example_json, read_overlays
from explorer.errors import BadInput
from explorer.networks.spec import parse_spec

ANATOMY = anatomy_of(parse_spec("cifar/basic-8?width=4"))
NAMES = [layer.name for layer in ANATOMY.layers]


def read(text, file="x.csv"):
    return read_overlays(text if isinstance(text, bytes) else text.encode(), file, ANATOMY)


def values(overlay, row=0):
    return {name: value for name, value in zip(NAMES, overlay.values[row], strict=True) if value is not None}


def refused(text, file="x.csv"):
    with pytest.raises(BadInput) as error:
        read(text, file)
    return str(error.value)


def test_a_csv_has_an_overlay_in_each_column():
    first, second = read("layer,latency [ms], sparsity\nconv1,0.5, 2e-3 \nfc,,1\n")
    assert (first.label, first.unit, first.how, first.scale, first.steps) == ("latency", "ms", "mean", "linear", None)
    assert (second.label, second.unit, second.scale) == ("sparsity", "", "log")
    assert (values(first), values(second)) == ({"conv1": 0.5}, {"conv1": 0.002, "fc": 1.0})
    assert first.id == second.id == "own" and first.note == "Your own numbers, from x.csv."


def test_a_column_of_steps_makes_a_scrubber():
    (found,) = read("\ufeffstep;layer;n\n".replace(";", ",") + "100,conv1,2\n0,conv1,1\n\n100,module.fc,3\n")
    assert found.steps == (0, 100)
    assert (values(found), values(found, 1)) == ({"conv1": 1.0}, {"conv1": 2.0, "fc": 3.0})


def test_quotes_and_other_line_ends_are_csv_too():
    (found,) = read('"layer","a, b"\r\n"conv1",1\r\n')
    assert (found.label, values(found)) == ("a, b", {"conv1": 1.0})


def test_json_says_all_there_is_to_say():
    (found,) = read(json.dumps({"name": "l", "unit": "ms", "scale": "log", "how": "sum", "values": {"conv1": 1, "model.fc": None}}))
    assert (found.label, found.unit, found.scale, found.how, found.steps) == ("l", "ms", "log", "sum", None)
    assert values(found) == {"conv1": 1.0}
    (found,) = read(json.dumps({"name": "l", "steps": [0, 7], "values": {"conv1": [1, 300], "fc": [None, 2.5]}}))
    assert (found.unit, found.scale, found.how, found.steps) == ("", "log", "mean", (0, 7))
    assert (values(found), values(found, 1)) == ({"conv1": 1.0}, {"conv1": 300.0, "fc": 2.5})


@pytest.mark.parametrize("text", [
    "layer,a\nconv1,nan\nbn1,inf\nfc,-Infinity\n", '{"name": "a", "values": {"conv1": NaN, "bn1": Infinity, "fc": -Infinity}}',
])  # fmt: skip
def test_what_is_not_finite_is_shown_as_such(text):
    (found,) = read(text)
    assert math.isnan(values(found)["conv1"]) and values(found)["bn1"] == math.inf and values(found)["fc"] == -math.inf
    sent = dict(zip(NAMES, found.to_json()["values"]))
    assert (sent["conv1"], sent["bn1"], sent["fc"]) == ("NaN", "Infinity", "-Infinity")


@pytest.mark.parametrize("network", ["cifar/basic-8?width=4", "imagenet/bottleneck-50", "torchvision/vit_b_32", "torchvision/swin_t"])
def test_the_examples_can_be_laid_over_the_network_they_are_made_from(network):
    anatomy = anatomy_of(parse_spec(network))
    parameters, results = read_overlays(example_csv(anatomy).encode(), "x.csv", anatomy)
    weighted = [layer for layer in anatomy.layers if layer.kind in ("conv", "linear", "attention")]
    assert [value for value in parameters.values[0] if value is not None] == [layer.params for layer in weighted]
    assert results.unit == "values"
    (field,) = read_overlays(example_json(anatomy).encode(), "x.json", anatomy)
    assert field.steps == (0, 100) and max(value or 0 for value in field.values[1]) == max(layer.receptive_field for layer in weighted)


@pytest.mark.parametrize(("text", "sentence"), [
    ("", "x.csv is empty: write a line of column names, such as layer,latency, and then one for each layer, such as conv1,0.41."),
    (" \n\n", "x.csv is empty"),
    (b"\xff\xfel\0a\0", "x.csv is not UTF-8 text (byte 0 is none of it): save it as CSV or JSON in UTF-8."),
    ("name,a\nconv1,1\n", 'x.csv has no column "layer", its first line has name, a: write a line'),
    ("layer;a\nconv1;1\n", 'x.csv has no column "layer" (columns are separated by commas)'),
    ("layer,a,A\nconv1,1,2\n", 'x.csv has two columns "a": give each a short name of its own.'),
    (f"layer,{60 * 'a'}1,{60 * 'a'}2\nconv1,1,2\n", 'x.csv has two columns "' + 57 * "a" + '...": give each a short name of its own.'),
    ("layer,a [ms],a [s]\nconv1,1,2\n", 'x.csv has two columns "a"'), ("layer,Layer,a\n", 'x.csv has two columns "layer"'),
    ("layer,a,\nconv1,1,2\n", "x.csv has a column without a name"),
    ("layer\nconv1\n", "x.csv has no columns of numbers beside its layers"),
    ("layer,step\nconv1,1\n", "x.csv has no columns of numbers beside its layers"),
    ("layer," + ",".join(f"c{i}" for i in range(21)) + "\n", "x.csv has more than 20 columns of numbers"),
    ("layer,a\n", "x.csv has column names and nothing below them"),
    ("layer,a\nconv1\n", "Line 2 of x.csv has 1 cells and the first line 2: give every line as many."),
    ("layer,a\n\nconv1,1,2\n", "Line 3 of x.csv has 3 cells"),
    ("layer,a\n,1\n", "Line 2 of x.csv names no layer."),
    ("layer,a\nconv1,1\nconv1,2\n", "Line 3 of x.csv gives conv1 a second time."),
    ("layer,step,a\nconv1,5,1\nconv1,5,1\n", "Line 3 of x.csv gives conv1 a second time at step 5."),
    ("layer,a\nconv1,x\n", "Line 2 of x.csv, a: x is no number; write it as 0.41 or 4.1e-1, and nothing where there is none."),
    ("layer,a\nconv1,1_0\n", "1_0 is no number"), ("layer,a\nconv1,0x1\n", "0x1 is no number"), ("layer,a\nconv1,١\n", "١ is no number"),
    ('layer,a\nconv1,"1,5"\n', "1,5 is no number"),
    ("layer,step,a\nconv1,1.5,1\n", "Line 2 of x.csv: a step is a whole number from 0, not 1.5."),
    ("layer,step,a\nconv1,,1\n", "a step is a whole number from 0, not empty."),
    ("layer,step,a\nconv1,-1,1\n", "not -1."), (f"layer,step,a\nconv1,{2**53 + 1},1\n", "a step is a whole number"),
    ('layer,a\n"conv1,1\n', "Line 2 of x.csv is not CSV"), ("layer,a\nconv1,\0\n", "x.csv"),
    ("layer,a\nconv1," + "9" * 200_000 + "\n", "Line 2 of x.csv is not CSV: field larger than field limit"),
    ("layer,a\nconv_1,1\nfc,1\n", "1 of the 2 names in x.csv is no layer of Residual-8: conv_1 (did you mean conv1?)."),
    ("layer,a\nconv1,1\nmodule.conv1,1\n", "conv1 and module.conv1 in x.csv are the same layer: leave one out."),
])  # fmt: skip
def test_a_csv_that_cannot_be_laid_over_gets_a_sentence(text, sentence):
    assert sentence in refused(text)


@pytest.mark.parametrize(("text", "sentence"), [
    ("{", "Line 1 of x.json is not JSON: "), ('{"name": "a"\n"values": {}}', "Line 2 of x.json is not JSON: "),
    ("[]", 'x.json is a list, and an overlay is one object with "name" and "values".'),
    ("layer,a\nconv1,1", "x.json is not an overlay in JSON, which begins with {"),
    ("{}", 'x.json has no "name", a short text'), ('{"name": 1, "values": {}}', 'x.json has no "name"'), ('{"name": " "}', 'x.json has no "name"'),
    ('{"name": "a"}', 'x.json has no "values", an object with a number for each layer, such as {"conv1": 0.41}.'),
    ('{"name": "a", "values": {}}', 'x.json has no "values"'), ('{"name": "a", "values": [1]}', 'x.json has no "values"'),
    ('{"name": "a", "value": {}}', 'x.json has "value", which no overlay has: it has name, unit, scale, how, steps, values.'),
    ('{"name": "a", "unit": 1, "values": {"fc": 1}}', '"unit" in x.json is a short text'),
    ('{"name": "a", "scale": "ln", "values": {"fc": 1}}', '"scale" in x.json is log or linear, not ln.'),
    ('{"name": "a", "how": ["sum"], "values": {"fc": 1}}', "\"how\" in x.json is sum or max or mean, not ['sum']."),
    ('{"name": "a", "scale": "log", "values": {"fc": -1}}', 'a in x.json has a negative value (fc), which "log" cannot show'),
    ('{"name": "a", "values": {"fc": 1, "fc": 2}}', 'x.json has "fc" twice.'), ('{"name": "a", "name": "b"}', 'x.json has "name" twice.'),
    ('{"name": "a", "values": {"fc": "1"}}', 'The value of fc in x.json is "1", which is no number.'),
    ('{"name": "a", "values": {"fc": true}}', "The value of fc in x.json is true, which is no number."),
    ('{"name": "a", "values": {"fc": [1]}}', "The value of fc in x.json is [1], which is no number."),
    ('{"name": "a", "values": {"fc": 1' + "0" * 400 + "}}", "The value of fc in x.json is too large for a number."),
    ('{"name": "a", "values": {"fc": 1' + "0" * 5000 + "}}", "x.json is JSON that no overlay needs"),
    ('{"a":' * 100_000, "x.json is JSON that no overlay needs"),
    ('{"name": "a", "steps": [], "values": {"fc": 1}}', '"steps" in x.json is a list of whole numbers from 0, each greater'),
    ('{"name": "a", "steps": null, "values": {"fc": 1}}', '"steps" in x.json is a list'),
    ('{"name": "a", "steps": [1, 1], "values": {"fc": [1, 1]}}', '"steps" in x.json is a list'),
    ('{"name": "a", "steps": [true], "values": {"fc": [1]}}', '"steps" in x.json is a list'),
    ('{"name": "a", "steps": [0, 1], "values": {"fc": [1]}}', "fc in x.json has 1 values for 2 steps: give it a list with one for each."),
    ('{"name": "a", "steps": [0], "values": {"fc": 1}}', "fc in x.json has no list for 1 steps"),
    ('{"name": "a", "values": {"zz": 1}}', "None of the 1 names in x.json is a layer of Residual-8: zz."),
])  # fmt: skip
def test_a_json_that_cannot_be_laid_over_gets_a_sentence(text, sentence):
    assert sentence in refused(text, "x.json")


def test_bounds_on_bytes_and_lines(monkeypatch):
    assert refused(b"x" * (MOST_BYTES + 1)) == "x.csv has 8.0 MB: an overlay's file has at most 8 MB."
    lines = "\n".join(f"conv1,{step},1" for step in range(MOST_ROWS + 1))
    assert refused(f"layer,step,a\n{lines}") == "x.csv has more than 200,000 lines: leave some steps out."
    monkeypatch.setattr(overlay_file, "MOST_ROWS", 2)
    assert read("layer,a\nconv1,1\nfc,1")
    assert "more than 2 lines" in refused("layer,a\nconv1,1\nfc,1\nbn1,1")


def test_many_steps_are_thinned_out():
    (found,) = read("layer,step,a\n" + "\n".join(f"conv1,{step},{step}" for step in range(5000)))
    assert 100 <= len(found.steps) <= 200 and (found.steps[0], found.steps[-1]) == (0, 4999)
    assert [row[NAMES.index("conv1")] for row in found.values] == list(found.steps)


numbers = st.none() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False)


@given(st.dictionaries(st.sampled_from(NAMES), numbers, min_size=1), st.sampled_from(["", "module."]))
def test_what_was_written_is_read(given_values, prefix):
    kept = {name: float(value) for name, value in given_values.items() if value is not None}
    (from_json,) = read(json.dumps({"name": "a", "values": {prefix + name: value for name, value in given_values.items()}}))
    lines = [f"{prefix}{name},{'' if value is None else value}" for name, value in given_values.items()]
    (from_csv,) = read("\n".join(["layer,a", *lines]))
    assert values(from_json) == values(from_csv) == kept


texts = st.text(st.sampled_from('layerstp,;"\n\r{}[]:01.-eNa \0é'), max_size=60)
pieces = st.sampled_from(["layer,a\n", "layer,step,a\n", "conv1,", "fc,", "1", ",", "\n", '"', '{"name":"a",', '"values":{', '"conv1":', "}", "nan",
                          "1e999", '"steps":[0,1],', "[1,2]", "\ufeff", "module.", '"scale":"log",'])  # fmt: skip


@settings(max_examples=400)
@given(st.binary(max_size=60) | texts.map(str.encode) | st.lists(pieces, max_size=14).map("".join).map(str.encode), st.sampled_from(["x.csv", "x.json", "\n"]))
@example(b'{"name":"a","values":{"conv1":1e999}}', "x.json")
@example(b"layer,a\nconv1,1e999", "x.csv")
def test_whatever_a_file_holds_it_is_read_or_refused_with_one_sentence(content, file):
    try:
        found = read(content, file)
    except BadInput as error:
        assert 10 < len(str(error)) < 900 and "\n" not in str(error)
    else:
        for overlay in found:
            assert all(len(row) == len(NAMES) for row in overlay.values) and len(overlay.values) == len(overlay.steps or [0])
            json.dumps(overlay.to_json(), allow_nan=False)

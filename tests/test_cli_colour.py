"""`explorer diagram` coloured by a quantity of the network, or by one's own numbers."""

import re

import pytest
from command_line import explorer

from explorer.anatomy.of import anatomy_of
from explorer.cli_colour import chosen_overlay, row_of
from explorer.errors import BadInput
from explorer.figures.overlay_colours import VIRIDIS
from explorer.networks.spec import parse_spec

SPEC = parse_spec("cifar/basic-8?width=4")
ANATOMY = anatomy_of(SPEC)


def chosen(colour=None, file=None, column=None, step=None):
    return chosen_overlay(SPEC, ANATOMY, colour, file, column, step)


@pytest.fixture
def own(tmp_path):
    file = tmp_path / "own.csv"
    file.write_text("layer,step,a [ms],b\nconv1,0,1,2\nfc,0,3,4\nfc,5,6,7\n")
    return file


@pytest.fixture
def diagram(tmp_path):
    def draw(*arguments):
        file = tmp_path / "net.dot"
        return explorer("diagram", SPEC.text, "-o", file, *arguments), file

    return draw


def fill(dot, layer):
    """The colour of a layer's node, in upper case."""
    line = next(line for line in dot.splitlines() if f'id="layer:{layer}"' in line)
    return re.search(r'fillcolor="(#\w{6})"', line)[1].upper()


def test_a_drawing_is_coloured_by_a_quantity_of_the_network(diagram):
    done, file = diagram("--colour", "macs")
    assert done.returncode == 0, done.stderr
    dot = file.read_text()
    macs = {layer.name: layer.macs for layer in ANATOMY.layers if layer.macs}
    assert fill(dot, min(macs, key=macs.get)) == VIRIDIS[-1]
    assert fill(dot, "layer1.0.conv1") == VIRIDIS[0]
    assert "MACs, log scale" in dot and "labelloc" in dot


def test_a_drawing_is_coloured_by_ones_own_numbers(diagram, own):
    done, file = diagram("--overlay", own, "--column", "b", "--step", "0")
    assert done.returncode == 0, done.stderr
    assert "b, step 0" in file.read_text()
    assert (fill(file.read_text(), "conv1"), fill(file.read_text(), "fc")) == (VIRIDIS[-1], VIRIDIS[0])


def test_bad_input_is_one_line_and_status_2(diagram, own):
    done, file = diagram("--overlay", own, "--column", "c")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "explorer: own.csv has no column c: it has a, b\n")
    assert not file.exists()


def test_what_is_chosen(own):
    assert chosen() is None
    assert [chosen(name).id for name in ("params", "macs", "activations", "receptive_field", "initial_gradient")] == [
        "params", "macs", "activations", "receptive_field", "initial_gradient",
    ]  # fmt: skip
    assert chosen(file=own, column="a").unit == "ms"
    assert (row_of(chosen(file=own, column="a"), None), row_of(chosen(file=own, column="a"), 5)) == (-1, 1)


@pytest.mark.parametrize(("choice", "sentence"), [
    ({"colour": "zz"}, "--colour is params, macs, activations, receptive_field or initial_gradient, not zz"),
    ({"colour": "macs", "file": True}, "give --colour or --overlay, not both"),
    ({"column": "a"}, "--column and --step belong to the file"), ({"colour": "macs", "step": 0}, "--column and --step belong to the file"),
    ({"file": True}, "own.csv has several columns: choose with --column a or b"),
])  # fmt: skip
def test_choices_that_cannot_be_get_a_sentence(choice, sentence, own):
    with pytest.raises(BadInput, match=re.escape(sentence)):
        chosen(**{key: own if value is True else value for key, value in choice.items()})


def test_a_step_that_there_is_not_gets_a_sentence(own):
    with pytest.raises(BadInput, match="a has no step 3: its steps go from 0 to 5"):
        row_of(chosen(file=own, column="a"), 3)
    with pytest.raises(BadInput, match="MACs has no step 3: it has no steps"):
        row_of(chosen("macs"), 3)

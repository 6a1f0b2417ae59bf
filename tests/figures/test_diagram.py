"""What is drawn (golden Graphviz source), and how it comes out of every layout program of this machine."""

import re
import xml.etree.ElementTree as ElementTree
from functools import cache

import pytest

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.outline import groups
from explorer.figures.colours import FAMILY_COLOURS, contrast
from explorer.figures.detail import opened
from explorer.figures.diagram import DARK, LIGHT, to_dot
from explorer.figures.scene import scene
from explorer.figures.svg import draw, graphviz_programs
from explorer.networks.spec import parse_spec

FOLDED = ["cifar/plain-20", "cifar/basic-56", "cifar/highway-32", "cifar/preact-110", "imagenet/bottleneck-152",
          "imagenet/vgg-16", "cifar/basic-1202"]
OPENED = {
    "stages": ("imagenet/bottleneck-152", "stages", ()),
    "one stage": ("cifar/basic-56", "stages", ("layer2",)),
    "block": ("cifar/basic-20?shortcut=B", "folded", ("layer2.0",)),
    "fold": ("cifar/basic-20", "folded", ("layer1.0-2", "layer1.1")),
    "long fold": ("cifar/basic-56", "folded", ("layer1.0-8", "layer1.4", "layer2.1-8")),
    "gate": ("cifar/highway-32", "folded", ("layer2.0",)),
    "layers": ("cifar/preact-20", "layers", ()),
}
OTHERS = {"blocks": ("cifar/basic-110", "blocks", ()), "densenet": ("torchvision/densenet121", "folded", ()),
          "transformer": ("torchvision/vit_b_16", "folded", ()),
          "squeeze-excite": ("torchvision/efficientnet_b0", "folded", ("features.2.0",))}
PICTURES = {name: (name, "folded", ()) for name in FOLDED} | OPENED | OTHERS
PROGRAMS = pytest.mark.parametrize("program", graphviz_programs(), ids=lambda program: program.stem)


@cache
def anatomy(network):
    return anatomy_of(parse_spec(network))


def dot(name, **options):
    network, detail, toggled = PICTURES[name]
    return to_dot(anatomy(network), opened(anatomy(network), detail, toggled), **options)


@cache
def picture(name, program):
    return ElementTree.fromstring(draw(program, dot(name), "svg"))


def elements(root, of_class):
    return [element for element in root.iter() if of_class in element.get("class", "").split()]


def extent(element):
    """(left, top, right, bottom) of the outline, in the drawing's own coordinates (up is negative)."""
    shape = next(child for child in element if child.tag.endswith(("path", "polygon", "ellipse")))
    if shape.get("cx"):
        x, y, rx, ry = (float(shape.get(key)) for key in ("cx", "cy", "rx", "ry"))
        return x - rx, y - ry, x + rx, y + ry
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", shape.get("d") or shape.get("points"))]
    return min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])


@pytest.mark.parametrize("network", FOLDED, ids=lambda network: network.replace("/", " "))
def test_folded(network, golden):
    golden(to_dot(anatomy(network)), ".dot")


@pytest.mark.parametrize("name", OPENED)
def test_opened(name, golden):
    golden(dot(name), ".dot")


@PROGRAMS
@pytest.mark.parametrize("name", PICTURES)
def test_every_layer_has_its_element_and_no_two_the_same(name, program):
    network, detail, toggled = PICTURES[name]
    ids = [element.get("id") for element in picture(name, program).iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    stages = {group.id for group in groups(anatomy(network)) if group.kind == "stage"}
    drawn = scene(anatomy(network), opened(anatomy(network), detail, toggled))
    assert {f"{'group' if node in stages else 'layer'}:{node}" for node in drawn.node_of.values()} <= set(ids)
    named = {layer.name for layer in anatomy(network).layers} | {group.id for group in groups(anatomy(network))}
    assert all(one.partition(":")[2] in named for one in ids if one.startswith(("layer:", "group:")))


@PROGRAMS
@pytest.mark.parametrize("name", PICTURES)
def test_nodes_do_not_overlap_and_stages_go_from_left_to_right(name, program):
    root = picture(name, program)
    boxes = sorted(extent(node) for node in elements(root, "node"))
    for number, (_, top, right, bottom) in enumerate(boxes):
        for other in boxes[number + 1 :]:
            if other[0] >= right:
                break
            assert other[1] >= bottom - 0.1 or other[3] <= top + 0.1
    stages = [extent(stage) for stage in elements(root, "stage")]
    assert stages == sorted(stages)
    assert all(one[2] <= after[0] + 0.1 for one, after in zip(stages, stages[1:]))


@PROGRAMS
@pytest.mark.parametrize("name", FOLDED)
def test_columns_begin_at_one_height(name, program):
    tops = [extent(node)[1] for node in elements(picture(name, program), "signal")]
    assert max(tops) - min(tops) < 1


@PROGRAMS
@pytest.mark.parametrize("name, arcs", [("cifar/plain-20", 0), ("imagenet/vgg-16", 0), ("cifar/basic-56", 1 + 3 + 3),
                                        ("imagenet/bottleneck-152", 4 * 3), ("cifar/highway-32", 1 + 3 + 3)])
def test_shortcuts_are_arcs_of_their_own_colour(name, arcs, program):
    """One for each identity drawn, two for each that leads over a projection or padding."""
    found = elements(picture(name, program), "shortcut")
    assert len(found) == arcs
    for arc in found:
        colours = {path.get("stroke").upper() for path in arc.iter() if path.get("stroke")}
        assert colours == {FAMILY_COLOURS["residual"].upper()}


@pytest.mark.parametrize("program", graphviz_programs(), ids=lambda program: program.stem)
@pytest.mark.parametrize("most", [None, 1, 2, 3])
@pytest.mark.parametrize("name", ["cifar/basic-56", "cifar/highway-32", "cifar/preact-110", "imagenet/bottleneck-152"])
def test_identities_go_around_on_the_right(name, most, program):
    root = ElementTree.fromstring(draw(program, dot(name, most_columns=most), "svg"))
    boxes = {node.find("{*}title").text: extent(node) for node in elements(root, "node")}
    arcs = [arc for arc in elements(root, "shortcut") if ":e" in arc.find("{*}title").text]
    assert arcs
    for arc in arcs:
        ends = [boxes[end.removesuffix(":e")] for end in arc.find("{*}title").text.split("->")]
        assert extent(arc)[0] > min((left + right) / 2 for left, _, right, _ in ends)


@PROGRAMS
@pytest.mark.parametrize("most, heads", [(1, ["stem"]), (2, ["stem", "layer3"]), (3, ["stem", "layer2", "layer3"]),
                                         (9, ["stem", "layer1", "layer2", "layer3", "head"])])
def test_stages_stand_one_below_another_in_so_many_columns(most, heads, program):
    root = ElementTree.fromstring(draw(program, dot("cifar/basic-56", most_columns=most), "svg"))
    columns = {}
    for stage in sorted(elements(root, "stage"), key=lambda stage: extent(stage)[1]):
        left, top, right, bottom = extent(stage)
        above = next((column for column in columns.values() if column[0] < right and left < column[2]), None)
        assert above is None or above[3] <= top + 0.1
        columns[stage.get("id") if above is None else next(name for name, box in columns.items() if box is above)] = (
            (left, top, right, bottom) if above is None else (min(left, above[0]), above[1], max(right, above[2]), bottom))
    assert set(columns) == {f"group:{head}" for head in heads}
    assert dot("cifar/basic-56", most_columns=9) == dot("cifar/basic-56")


def words(root):
    return {text.text.strip() for text in root.iter() if text.tag.endswith("text") and text.text}


def test_words_of_residual_152():
    said = words(picture("imagenet/bottleneck-152", graphviz_programs()[-1]))
    assert {"× 35", "1–35", "7×7 conv, 64, /2", "3×3 max pool, /2", "1×1 conv, 2048, /2", "1×1 conv, 512, /2", "3×3 conv, 512",
            "global avg pool", "fc, 1000", "2048×7×7", "BN ReLU", "input 3×224×224"} <= said


def test_opening_a_block_shows_its_layers_one_by_one():
    root = picture("block", graphviz_programs()[-1])
    shown = {element.get("id") for element in root.iter()}
    assert {f"layer:layer2.0.{name}" for name in
            ("conv1", "bn1", "relu1", "conv2", "bn2", "downsample.0", "downsample.1", "add", "relu2")} <= shown
    assert {element.get("id") for element in elements(root, "block")} == {"group:layer2.0", "group:layer3.0"}


def test_an_unknown_group_opens_nothing():
    plain = anatomy("cifar/plain-20")
    assert to_dot(plain, opened(plain, "folded", {"layer9", "layer1.0"})) == to_dot(plain)


def test_dark_and_light_differ_in_colours_alone():
    light, dark = to_dot(anatomy("cifar/basic-20")), to_dot(anatomy("cifar/basic-20"), dark=True)
    assert light != dark
    assert re.sub("#[0-9A-F]{6}", "", light) == re.sub("#[0-9A-F]{6}", "", dark)
    assert contrast(LIGHT.ink, "#FFFFFF") > 7 and contrast(DARK.ink, "#0E1117") > 7
    assert all(contrast(palette.ink, fill) > 5 for palette in (LIGHT, DARK) for fill in palette.fills.values())


def test_colours_of_ones_own_are_laid_over_nodes_and_their_words_stay_legible():
    root = ElementTree.fromstring(draw(graphviz_programs()[-1], dot("block", fills={"conv1": "#440154", "fc": "#FDE725"}), "svg"))
    found = {element.get("id"): element for element in elements(root, "node")}
    for layer, fill in (("conv1", "#440154"), ("fc", "#FDE725")):
        colours = [one.get("fill").upper() for one in found[f"layer:{layer}"].iter() if one.get("fill")]
        assert fill in colours
        assert all(contrast(fill, ink) > 4.5 for ink in colours if ink != fill)
    assert not any("#440154" in str(one.attrib).upper() for one in found["layer:avgpool"].iter())

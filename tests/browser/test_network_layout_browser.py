"""What a browser makes of a network: the graph's states and where the layout puts everything, in a real Chromium."""

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

import explorer.ui
from explorer.anatomy.of import anatomy_of
from explorer.figures import detail
from explorer.figures.graph import graph_json
from explorer.figures.scene import scene
from explorer.networks.spec import parse_spec

pytestmark = pytest.mark.browser

FRONTEND = Path(explorer.ui.__file__).parent / "frontend"
ADDRESS = "http://layout.test"
OWN = ["cifar/basic-20", "cifar/basic-56", "cifar/basic-20?shortcut=C", "cifar/plain-20", "cifar/preact-20", "cifar/highway-32",
       "imagenet/bottleneck-50", "imagenet/bottleneck-152", "imagenet/basic-34?shortcut=B", "imagenet/preact-bottleneck-50",
       "imagenet/vgg-19"]
TORCHVISION = [f"torchvision/{name}" for name in (
    "alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "googlenet", "inception_v3", "maxvit_t", "mnasnet1_0",
    "mobilenet_v2", "mobilenet_v3_large", "regnet_y_400mf", "resnext50_32x4d", "shufflenet_v2_x1_0", "squeezenet1_1",
    "swin_t", "swin_v2_t", "vit_b_16", "wide_resnet50_2")]
TOGGLED = {"cifar/basic-56": ["layer2", "layer1.0-8", "layer1.4", "input-relu"], "imagenet/bottleneck-50": ["layer3.1-5", "layer3.2"],
           "torchvision/densenet121": ["features.denseblock2", "features.denseblock1.denselayer2"]}

# Runs in the page: lays a network out and reports the drawing, the paths as points along them.
LAY_OUT = """
async ([data, detail, toggled, flow, traced]) => {
  const { Graph } = await import("/network/graph.js");
  const { layout } = await import("/layout/layout.js");
  const canvas = document.createElement("canvas").getContext("2d");
  const measure = (text, size) => { canvas.font = `${size}px Helvetica, Arial, sans-serif`; return canvas.measureText(text).width; };
  const graph = new Graph(JSON.parse(data));
  const opened = graph.opened(detail, toggled);
  const progress = [];
  const work = layout(graph, (id) => opened.has(id), { flow, aspect: 1.6, measure });
  let step = work.next();
  for (; !step.done; step = work.next()) progress.push(step.value);
  const drawing = step.value;
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const along = (d) => {
    path.setAttribute("d", d);
    const length = path.getTotalLength();
    const count = Math.ceil(length / 6);
    return Array.from({ length: count + 1 }, (_, i) => path.getPointAtLength((length * i) / count)).map(({ x, y }) => [x, y]);
  };
  const around = (id) => {
    const ids = [];
    for (let group = graph.groups.get(id); group; group = group.parent) ids.push(group.id);
    return ids;
  };
  return {
    width: drawing.width, height: drawing.height, progress, opened: [...opened],
    boxes: drawing.boxes.map((box) => ({ ...box, around: around(box.group) })),
    nodes: drawing.nodes.map(({ node, ...place }) => ({ ...place, layers: node.layers, around: around(node.group) })),
    entries: drawing.entries, nodeOf: graph.scene((id) => opened.has(id)).nodeOf,
    lines: drawing.lines.map((line) => ({ ...line, points: traced ? along(line.path) : [] })),
  };
}
"""


@cache
def anatomy(network):
    return anatomy_of(parse_spec(network))


@cache
def graph(network):
    return graph_json(anatomy(network))


@pytest.fixture
def lay_out(page):
    """`lay_out(network, level, toggled, flow, traced)` gives the drawing, with points along the lines if `traced`."""

    def serve(route):
        file = FRONTEND / route.request.url.removeprefix(f"{ADDRESS}/")
        if file.is_file():
            route.fulfill(path=file, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    page.route(f"{ADDRESS}/**", serve)
    page.goto(ADDRESS)
    return lambda network, level="folded", toggled=(), flow="columns", traced=True: page.evaluate(
        LAY_OUT, [graph(network), level, list(toggled), flow, traced])


def overlap(one, other, by=0.0):
    return (one["x"] + by < other["x"] + other["w"] and other["x"] + by < one["x"] + one["w"]
            and one["y"] + by < other["y"] + other["h"] and other["y"] + by < one["y"] + one["h"])


def inside(one, other):
    return (one["x"] >= other["x"] and one["y"] >= other["y"] and one["x"] + one["w"] <= other["x"] + other["w"] + 0.01
            and one["y"] + one["h"] <= other["y"] + other["h"] + 0.01)


def overlapping(places, may=lambda one, other: False):
    """Pairs that lie on one another, found from left to right."""
    places = sorted(places, key=lambda place: place["x"])
    for number, one in enumerate(places):
        for other in places[number + 1 :]:
            if other["x"] >= one["x"] + one["w"]:
                break
            if overlap(one, other, 0.01) and not may(one, other):
                yield one["id"], other["id"]


def holds(one, other):
    """Whether one is a box around the other."""
    return one.get("group") in other["around"] or other.get("group") in one["around"]


def distance(point, place):
    """From a point to the outline of a rectangle; negative inside."""
    x, y = point
    sides = place["x"] - x, x - place["x"] - place["w"], place["y"] - y, y - place["y"] - place["h"]
    return max(sides)


def passed_through(drawing):
    """(line, node) for every line that runs through a node that is not its end."""
    step = 60  # of the grid that tells which nodes are near a point
    grid = {}
    for node in drawing["nodes"]:
        for column in range(int(node["x"] // step), int((node["x"] + node["w"]) // step) + 1):
            for row in range(int(node["y"] // step), int((node["y"] + node["h"]) // step) + 1):
                grid.setdefault((column, row), []).append(node)
    for line in drawing["lines"]:
        for x, y in line["points"]:
            for node in grid.get((int(x // step), int(y // step)), ()):
                if node["id"] not in (line["source"], line["target"]) and distance((x, y), node) < -1:
                    yield line["source"], line["target"], node["id"]


def check_places(drawing):
    """Nothing lies on what it has nothing to do with, and all lies in its boxes."""
    nodes, boxes = drawing["nodes"], {box["group"]: box for box in drawing["boxes"]}
    assert not list(overlapping([*nodes, *drawing["entries"]]))
    assert not list(overlapping([*nodes, *boxes.values()], holds))
    for place in [*nodes, *boxes.values()]:
        around = {group for group in place["around"] if group in boxes}
        assert all(inside(place, boxes[group]) for group in around), place["id"]
    whole = {"x": 0, "y": 0, "w": drawing["width"], "h": drawing["height"]}
    assert all(inside(place, whole) for place in [*nodes, *boxes.values(), *drawing["entries"]])
    assert {node["box"] for node in nodes} <= {box["id"] for box in boxes.values()} | {None}


def check_lines(drawing):
    """Each line begins at its source, or where the column of its target does, and ends at its target."""
    places = {place["id"]: place for place in [*drawing["nodes"], *drawing["entries"]]}
    for line in drawing["lines"]:
        start = distance(line["points"][0], places[line["source"]])
        if line["via"] and abs(start) > 1:
            start = distance(line["points"][0], places[line["via"]])
        assert abs(start) < 1 and abs(distance(line["points"][-1], places[line["target"]])) < 1, (line["source"], line["target"])
        left, top = (min(point[axis] for point in line["points"]) for axis in (0, 1))
        right, bottom = (max(point[axis] for point in line["points"]) for axis in (0, 1))
        assert left >= line["x"] - 0.1 and right <= line["x"] + line["w"] + 0.1
        assert top >= line["y"] - 0.1 and bottom <= line["y"] + line["h"] + 0.1
    whole = [line for line in drawing["lines"] if abs(distance(line["points"][0], places[line["source"]])) < 1]
    assert {line["via"] for line in whole} - {None} == {entry["id"] for entry in drawing["entries"]}  # a line leads to each


def check_meaning(network, drawing, level, toggled):
    """The same groups are open, the same nodes stand for the layers and the same lines join them as on paper."""
    opened = detail.opened(anatomy(network), level, toggled)
    assert set(drawing["opened"]) == opened
    drawn = scene(anatomy(network), opened)
    shown = {node: node.partition(":")[2] for node in drawing["nodeOf"]}
    assert [shown[node] for node in drawing["nodeOf"]] == [drawn.node_of[layer.name] for layer in anatomy(network).layers]
    assert {(shown[line["source"]], shown[line["target"]], line["shortcut"]) for line in drawing["lines"]} == {
        (line.source, line.target, line.is_shortcut) for line in drawn.lines}
    every = [layer for node in drawing["nodes"] for layer in node["layers"]]
    assert sorted(every) == list(range(len(anatomy(network).layers)))
    assert reached(drawing, drawing["nodeOf"][0]) == {node["id"] for node in drawing["nodes"]}


def reached(drawing, start):
    """All nodes that lines lead to from one."""
    after = {}
    for line in drawing["lines"]:
        after.setdefault(line["source"], []).append(line["target"])
    found, pending = {start}, [start]
    while pending:
        new = set(after.get(pending.pop(), ())) - found
        found |= new
        pending += new
    return found


def check(network, drawing, level, toggled=()):
    check_places(drawing)
    check_lines(drawing)
    check_meaning(network, drawing, level, toggled)
    assert list(passed_through(drawing)) == []


@pytest.mark.parametrize("network", OWN)
def test_our_networks_at_every_level(network, lay_out):
    for level in detail.DETAILS:
        check(network, lay_out(network, level), level)
    check(network, lay_out(network, flow="column"), "folded")


@pytest.mark.parametrize("network", TORCHVISION)
def test_networks_of_torchvision(network, lay_out):
    for level in ("folded", "layers"):
        check(network, lay_out(network, level), level)


@pytest.mark.parametrize("network", TOGGLED)
def test_groups_open_and_close_by_themselves(network, lay_out):
    toggled = TOGGLED[network]
    check(network, lay_out(network, "folded", toggled), "folded", toggled)
    check(network, lay_out(network, "layers", toggled), "layers", toggled)


def test_the_same_drawing_for_the_same_network(lay_out):
    one, other = (lay_out("cifar/basic-56", "blocks") for _ in range(2))
    assert {**one, "progress": []} == {**other, "progress": []}


def test_identical_blocks_look_the_same(lay_out):
    drawing = lay_out("cifar/basic-56", "layers")
    corner = {box["group"]: (box["x"], box["y"]) for box in drawing["boxes"]}

    def inner(block):
        left, top = corner[block]
        places = ((node["x"] - left, node["y"] - top, node["w"], node["h"]) for node in drawing["nodes"] if block in node["around"])
        return [tuple(round(value, 3) for value in place) for place in places]

    assert len(inner("layer2.1")) == 7
    assert all(inner(f"layer2.{number}") == inner("layer2.1") for number in range(2, 9))


def test_stages_stand_side_by_side_or_in_one_column(lay_out):
    def stages(flow):
        return [box for box in lay_out("imagenet/bottleneck-50", flow=flow, traced=False)["boxes"] if box["kind"] == "stage"]

    column = stages("column")
    assert all(one["y"] + one["h"] < after["y"] for one, after in pairwise(column))
    assert all(one["x"] + one["w"] < after["x"] for one, after in pairwise(stages("columns")[:5]))


@pytest.mark.parametrize("network, level", [("cifar/basic-110", "blocks"), ("imagenet/bottleneck-152", "layers"),
                                            ("torchvision/googlenet", "folded"), ("torchvision/densenet121", "blocks"),
                                            ("cifar/basic-1202", "blocks")])
def test_long_networks_have_about_a_screens_proportions(network, level, lay_out):
    drawing = lay_out(network, level, traced=False)
    assert 0.9 < drawing["width"] / drawing["height"] < 2.6


def test_the_longest_network_with_all_its_layers(lay_out):
    network = "cifar/basic-1202"
    drawing = lay_out(network, "layers", traced=False)
    check_places(drawing)
    check_meaning(network, drawing, "layers", ())
    assert len(drawing["nodes"]) == len(anatomy(network).layers) == 4211
    progress = drawing["progress"]
    assert len(progress) >= 5 and progress == sorted(progress) and 0 <= progress[0] and progress[-1] <= 1


def test_shortcuts_run_on_the_right_of_what_they_go_around(lay_out):
    drawing = lay_out("cifar/basic-20", "blocks")
    places = {node["id"]: node for node in drawing["nodes"]}
    arcs = [line for line in drawing["lines"] if line["shortcut"]]
    assert len(arcs) == 9 + 2  # one for each block, and one more where it leads over padding
    for arc in arcs:
        top, bottom = (arc["points"][end][1] for end in (0, -1))
        beside = [node for node in places.values() if top < node["y"] and node["y"] + node["h"] < bottom
                  and abs(node["x"] - places[arc["target"]]["x"]) < 100]
        assert all(max(x for x, _ in arc["points"]) > node["x"] + node["w"] for node in beside)


@pytest.mark.parametrize("text, expected", [("conv1 layer1", ["layer1.0.conv1", "layer1.1.conv1", "layer1.2.conv1"]),
                                            ("ADD", [f"layer{s}.{b}.add" for s in (1, 2, 3) for b in range(3)]),
                                            ("linear", ["fc"]), ("  ", []), ("nothing", [])])
def test_layers_are_found_by_name_and_kind(text, expected, lay_out, page):
    lay_out("cifar/basic-20")
    found = page.evaluate("""async ([data, text]) => {
        const { Graph } = await import("/network/graph.js");
        const graph = new Graph(JSON.parse(data));
        return graph.find(text).map((index) => graph.layers[index].name);
    }""", [graph("cifar/basic-20"), text])
    assert found == expected

"""A network as the browser gets it."""

import json

import pytest

from explorer.anatomy import table
from explorer.anatomy.of import anatomy_of
from explorer.anatomy.outline import groups
from explorer.figures.graph import graph_json
from explorer.networks.spec import parse_spec


def content(network, **options):
    return json.loads(graph_json(anatomy_of(parse_spec(network)), **options))


def test_groups_and_nodes(golden):
    golden(json.dumps(content("cifar/basic-20")["items"], indent=1, ensure_ascii=False), ".json")


@pytest.mark.parametrize("network", ["cifar/basic-20", "imagenet/bottleneck-152", "torchvision/maxvit_t", "torchvision/mobilenet_v2"])
def test_every_group_is_written_with_its_layers(network):
    def written(items):
        for item in items:
            if "kind" in item:
                yield item["id"], item["kind"], tuple(item["layers"])
                yield from written(item.get("open", ()))
                for nth, block in enumerate(item.get("blocks", ())):
                    first, end = (layer + nth * (item["first"]["layers"][1] - item["first"]["layers"][0]) for layer in item["first"]["layers"])
                    yield block["id"], "block", (first, end)

    anatomy = anatomy_of(parse_spec(network))
    places = {layer.name: place for place, layer in enumerate(anatomy.layers)}
    expected = {(group.id, group.kind, (places[group.layers[0].name], places[group.layers[-1].name] + 1)) for group in groups(anatomy)}
    assert set(written(content(network)["items"])) == expected


def test_rows_are_the_layer_tables():
    anatomy = anatomy_of(parse_spec("imagenet/bottleneck-50"))
    graph, rows = content("imagenet/bottleneck-50", unit="FLOPs"), table.rows(anatomy, "FLOPs")
    names = [column["name"] for column in graph["columns"]]
    assert ["Layer", *names] == list(rows[0])
    for layer, row in zip(graph["layers"], rows, strict=True):
        assert [layer["name"], *layer["row"]] == [pytest.approx(value, abs=1e-4) if isinstance(value, float) else value for value in row.values()]
    assert {column["kind"] for column in graph["columns"]} == {"text", "count", "bytes", "percent"}


def test_edges_are_what_is_drawn():
    graph = content("cifar/basic-20")
    names = [layer["name"] for layer in graph["layers"]]
    edges = {(names[source], names[target]): shortcut for source, target, shortcut in graph["edges"]}
    assert edges["relu", "layer1.0.add"] == 1 and edges["relu", "layer1.0.conv1"] == 0
    assert edges["layer2.0.downsample.pad", "layer2.0.add"] == 1
    assert len(edges) == len(graph["edges"]) == len(graph["layers"]) - 1 + 9


def test_a_line_to_a_concatenation_stands_for_the_edges_of_all_that_was_put_together_before():
    anatomy = anatomy_of(parse_spec("torchvision/densenet121"))
    graph = content("torchvision/densenet121")
    names = [layer["name"] for layer in graph["layers"]]
    stands_for = [line[3] if len(line) == 4 else [place] for place, line in enumerate(graph["edges"])]
    assert sorted(edge for edges in stands_for for edge in edges) == list(range(len(anatomy.edges)))
    for (source, target, *_), edges in zip(graph["edges"], stands_for):
        assert {anatomy.edges[edge].target for edge in edges} == {names[target]}
        if len(edges) == 1:
            assert anatomy.edges[edges[0]].source == names[source] or names[source].endswith("cat")
        else:
            assert names[source].endswith("cat") and {anatomy.edges[edge].source for edge in edges} <= set(names[: source + 1])


def test_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="MACs or FLOPs"):
        content("cifar/plain-20", unit="joules")


def test_the_longest_network_stays_small_enough_to_send():
    text = graph_json(anatomy_of(parse_spec("cifar/basic-1202")))
    assert len(text) < 1_200_000
    assert len(json.dumps(json.loads(text)["items"])) < 60_000  # its 600 blocks are written as three

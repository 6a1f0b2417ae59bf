"""The Architecture page: what it says of a network, and what its address can ask for."""

import json

import opened_page
import pytest
from opened_page import components


def open_page(**query):
    return opened_page.open_page("architecture", **query)


def metrics(app):
    return {metric.label: metric.value for metric in app.metric}


def component(app, name):
    """What the page gives the component of this name."""
    (data,) = components(app, name)
    return data


def table(app):
    content = json.loads(component(app, "layer_table")["content"])
    names = [column["name"] for column in content["columns"]]
    return [dict(zip(names, row)) for row in content["rows"]], dict(zip(names, content["totals"]))


@pytest.mark.parametrize(
    "network, params, macs",
    [
        ("cifar/basic-56", "853,018", "125.5 M"),
        ("cifar/plain-20", "269,722", "40.55 M"),
        ("imagenet/bottleneck-152?stride=3x3", "60,192,808", "11.51 G"),
        ("imagenet/vgg-19", "143,667,240", "19.63 G"),
        ("torchvision/resnet18", "11,689,512", "1.81 G"),
    ],
)
def test_totals_are_the_known_ones(network, params, macs):
    shown = metrics(open_page(network=network))
    assert shown["Parameters"] == params
    assert shown["MACs"] == macs


def test_table_adds_up_to_its_totals():
    rows, totals = table(open_page(network="imagenet/basic-18"))
    assert totals["Parameters"] == sum(row["Parameters"] for row in rows) == 11_689_512
    assert totals["MACs"] == sum(row["MACs"] for row in rows) == 1_814_073_344
    assert sum(row["MACs %"] for row in rows) == pytest.approx(100)


def test_flops_are_twice_the_macs_and_the_page_says_which():
    app = open_page(network="imagenet/basic-18")
    assert "multiply-adds" in app.caption[0].value
    assert "element-wise" in app.caption[0].value
    next(one for one in app.get("button_group") if one.label == "Count").set_value("FLOPs").run()
    assert app.query_params["unit"] == "FLOPs"
    assert metrics(app)["FLOPs"] == "3.63 G"
    assert "2 for each multiply-add" in app.caption[0].value
    assert table(app)[1]["FLOPs"] == 2 * 1_814_073_344


def test_the_address_selects_and_opens():
    app = open_page(network="cifar/basic-56", selected="layer2.3.conv1", detail="blocks", toggled="layer2.3,layer1", find="bn")
    assert component(app, "layer_table")["selected"] == ["layer2.3.conv1"]
    said = component(app, "network_view")["said"]
    assert said["select"] == "layer2.3.conv1" and said["find"] == "bn"
    assert said["detail"] == "blocks" and said["toggled"] == "layer1,layer2.3"
    assert component(open_page(network="cifar/basic-56", detail="horses"), "network_view")["said"]["detail"] == "folded"


def test_a_group_selects_all_its_rows():
    selected = component(open_page(network="cifar/basic-20", selected="layer3.1"), "layer_table")["selected"]
    assert len(selected) > 3
    assert all(name.startswith("layer3.1.") for name in selected)


def test_what_the_address_asks_for_and_is_not_there_is_said_and_changes_nothing():
    app = open_page(network="cifar/basic-20", selected="layer9", toggled="layer9,,x", unit="horses", colour="**blue**", detail="all")
    assert component(app, "layer_table")["selected"] == []
    assert "MACs" in metrics(app)
    said = " ".join(warning.value.replace("\\", "") for warning in app.warning)
    for sentence in ("There is no unit=horses: use MACs or FLOPs.", "There is no colour=**blue**: use kind,", "There is no detail=all: use stages,",
                     "cifar/basic-20 has no layer9, layer9, x, which the address selects or opens."):  # fmt: skip
        assert sentence in said


def test_what_was_selected_in_another_network_is_left_behind_without_a_word():
    app = open_page(network="cifar/basic-56", selected="layer3.8.conv1")
    next(one for one in app.get("button_group") if one.label == "Depth").set_value(20).run()
    assert app.query_params["network"] == "cifar/basic-20" and not app.warning
    assert component(app, "layer_table")["selected"] == []


@pytest.mark.parametrize(
    "network, params",
    [("cifar/basic-57", "853,018"), ("imagenet/bottleneck-51", "25,557,032"), ("bananas", "853,018"),
     ("torchvision/resnet1", "853,018"), ("cifar/plain-20?shortcut=A", "269,722")],
)
def test_a_network_that_cannot_be_gets_a_sentence_and_the_nearest_instead(network, params):
    app = open_page(network=network)
    assert len(app.error) == 1 and app.error[0].value.endswith(".")
    assert "Shown instead: " in app.error[0].value
    assert metrics(app)["Parameters"] == params
    app.button[0].click().run()
    assert not app.error and metrics(app)["Parameters"] == params


def test_another_depth_keeps_the_rest_of_the_address():
    app = open_page(network="cifar/basic-56", unit="FLOPs")
    next(one for one in app.get("button_group") if one.label == "Depth").set_value(110).run()
    assert app.query_params["network"] == "cifar/basic-110"
    assert metrics(app)["Parameters"] == "1,727,962"
    assert "FLOPs" in metrics(app)

"""The Compare page: what it shows of several networks, and what its address can ask for."""

import json

import opened_page
import pytest
from opened_page import components, words

from explorer.runs.folder import create
from explorer.runs.writer import RunWriter
from explorer.ui.format import plain


def open_page(**query):
    return opened_page.open_page("compare", **query)


def figures(app):
    """(cost bars, error scatter) as Plotly's data."""
    return [json.loads(chart["figure"]) for chart in components(app, "chart")]


def bars(app):
    data = figures(app)[0]["data"]
    return {label: tuple(trace["x"][index] for trace in data) for index, label in enumerate(data[0]["y"])}


def totals(app):
    return {row["Name"]: row for row in app.dataframe[0].value.to_dict("records")}


def button(app, label):
    return next(one for one in app.button if one.label == label)


def choice(app, label):
    return next(one for one in app.get("button_group") if one.label == label)


def test_figure_3_is_the_first_thing_shown():
    app = open_page()
    assert len(components(app, "network_view")) == 3
    assert list(totals(app)) == ["imagenet/vgg-19", "imagenet/plain-34", "imagenet/basic-34"]
    assert bars(app)["ResNet-34"][:2] == (21_797_672, 3_663_761_408)
    text = words(app)
    assert "**Plain\\-34 → VGG\\-19**" in text and "**Plain\\-34 → ResNet\\-34**" in text
    assert "**16 shortcuts added:** 13 identities and 3 projections" in text
    assert [formula.value for formula in app.latex][0].strip("$\n ") == r"y = \mathcal{F}(x, \{W_i\}) + x"


@pytest.mark.parametrize("preset, panes, rows, formula", [
    ("table1", 4, 5, r"\sum_i n_i"), ("shortcuts", 3, 3, r"\operatorname{pad}(x)"), ("bottleneck", 2, 2, r"\frac{1}{9}"),
    ("gates", 3, 3, r"x\,(1 - T(x))")])
def test_each_preset_draws_costs_and_explains(preset, panes, rows, formula):
    app = open_page(preset=preset)
    assert len(components(app, "network_view")) == panes
    assert len(totals(app)) == len(bars(app)) == rows
    assert any(formula in one.value for one in app.latex)
    assert not app.error and not app.warning


def test_the_reference_is_the_readers_choice():
    app = open_page(networks="imagenet/plain-34,imagenet/basic-34")
    assert "**Plain\\-34 → ResNet\\-34**" in words(app)
    next(one for one in app.button if one.key == "reference 2").click().run()
    assert app.query_params["reference"] == "2"
    assert "**ResNet\\-34 → Plain\\-34**" in words(app)
    assert "16 shortcuts removed" in words(app)


def test_networks_are_added_and_removed():
    app = open_page(preset="bottleneck", unit="FLOPs")
    button(app, "Add a network").click().run()
    assert app.query_params["networks"] == "imagenet/basic-34,imagenet/bottleneck-50,imagenet/plain-34"
    assert "preset" not in app.query_params and app.query_params["unit"] == "FLOPs"
    assert not app.latex  # the preset's explanation went with the preset
    next(one for one in app.button if one.key == "remove 1").click().run()
    assert app.query_params["networks"] == "imagenet/bottleneck-50,imagenet/plain-34"
    assert len(components(app, "network_view")) == 2
    button(app, "Add a network").click().run()
    button(app, "Add a network").click().run()
    assert len(components(app, "network_view")) == 4
    assert not [one for one in app.button if one.label == "Add a network"]


def test_a_pane_can_show_another_network():
    app = open_page(networks="cifar/plain-20,cifar/basic-20")
    depth = [one for one in app.get("button_group") if one.label == "Depth"][1]
    depth.set_value(56).run()
    assert app.query_params["networks"] == "cifar/plain-20,cifar/basic-56"
    assert "20 → 56 weighted layers" in words(app)


def test_a_preset_replaces_the_networks():
    app = open_page(networks="cifar/plain-20,cifar/basic-20", reference="2")
    choice(app, "Begin with").set_value("shortcuts").run()
    assert app.query_params["preset"] == "shortcuts" and "networks" not in app.query_params and "reference" not in app.query_params
    assert list(totals(app)) == ["imagenet/basic-34?shortcut=A", "imagenet/basic-34", "imagenet/basic-34?shortcut=C"]


def test_flops_are_everywhere_twice_the_macs():
    app = open_page(networks="cifar/plain-20,cifar/basic-20", unit="FLOPs")
    assert bars(app)["Plain-20"][1] == 2 * 40_551_040
    assert totals(app)["cifar/plain-20"]["FLOPs"] == 81_102_080
    assert "**FLOPs:** 81\\.10 M" in words(app)


def test_the_peak_grows_with_the_batch():
    small, large = (open_page(networks="cifar/plain-20,cifar/basic-20", batch=batch) for batch in ("8", "64"))
    assert bars(small)["Plain-20"][3] < bars(large)["Plain-20"][3]
    assert "Peak bytes, batch 64" in totals(large)["cifar/plain-20"]
    assert "Peak bytes, batch 128" in totals(open_page(networks="cifar/plain-20,cifar/basic-20", batch="-3"))["cifar/plain-20"]


@pytest.mark.parametrize(
    "query, panes, sentence",
    [
        ({"networks": "cifar/basic-57,cifar/plain-20"}, 1, "no depth 57"),
        ({"networks": "bananas"}, 3, "no network"),
        ({"networks": "torchvision/resnet1,torchvision/resnet18,torchvision/resnet34"}, 2, "no classification model"),
        ({"networks": "cifar/basic-20,cifar/basic-20,cifar/plain-20"}, 2, "is there twice"),
        ({"networks": ",".join(f"cifar/basic-{depth}" for depth in (8, 14, 20, 26, 32))}, 4, "can stand side by side"),
        ({"preset": "figure 7"}, 3, "There is no preset"),
        ({"networks": "%00<script>,,;"}, 3, "no network"),
        ({"networks": "cifar/foo-20"}, 3, 'no block "foo"'),
        ({"networks": "cifar/vgg-16,cifar/plain-20"}, 1, "VGG has the imagenet form only"),
        ({"networks": "imagenet/x?-34,cifar/basic--20"}, 3, 'no block "basic-"'),
        ({"networks": "cifar/basic-20?blocks=0-0-0,cifar/plain-20"}, 1, "blocks=0-0-0 cannot be"),
        ({"networks": "cifar/basic-21,cifar/basic-22"}, 3, "no depth 22"),
        ({"networks": ",".join(f"cifar/basic-{depth}" for depth in (8, 14, 20, 26, 32, 32))}, 4, "cifar/basic-32 is left out"),
        ({"networks": "cifar/plain-20,cifar/basic-20", "batch": "horses"}, 2, "A batch is a whole number of images from 1 to 1,000,000, not horses"),
    ],
)
def test_a_damaged_address_gets_a_sentence_and_the_rest_stands(query, panes, sentence):
    app = open_page(**query)
    assert sentence in "\n".join(warning.value.replace("\\", "") for warning in app.warning)
    assert len(components(app, "network_view")) == panes
    assert len(figures(app)) == 2


def test_a_wrong_depth_offers_the_right_ones():
    app = open_page(networks="cifar/plain-20,cifar/basic-57")
    button(app, "Compare cifar/basic-56").click().run()
    assert app.query_params["networks"] == "cifar/plain-20,cifar/basic-56"
    assert not app.warning


def test_two_wrong_depths_offer_each_of_the_right_ones_once():
    app = open_page(networks="cifar/basic-21,cifar/basic-22")
    offered = [one.label for one in app.button if one.label.startswith("Compare ")]
    assert offered == ["Compare cifar/basic-20", "Compare cifar/basic-26"]


def test_one_network_alone_is_shown_with_a_way_on():
    app = open_page(networks="cifar/basic-20")
    assert "One network alone" in app.info[0].value
    button(app, "Add a network").click().run()
    assert app.query_params["networks"] == "cifar/basic-20,cifar/plain-20"
    assert not app.info


def test_a_network_that_cannot_be_taken_apart_leaves_the_others(monkeypatch):
    from explorer.anatomy import of
    from explorer.errors import BadInput

    whole = of.anatomy_of

    def refusing(spec):
        if spec.text == "cifar/basic-38":
            raise BadInput("cifar/basic-38 cannot be traced: its *shapes* depend on its values.")
        return whole(spec)

    monkeypatch.setattr(of, "anatomy_of", refusing)
    app = open_page(networks="cifar/basic-38,cifar/plain-14,cifar/basic-14")
    assert [error.value for error in app.error] == [plain("cifar/basic-38 cannot be traced: its *shapes* depend on its values.")]
    assert len(components(app, "network_view")) == 2 and list(totals(app)) == ["cifar/plain-14", "cifar/basic-14"]
    next(one for one in app.button if one.key == "reference 2").click().run()
    assert "**Plain\\-14 → Residual\\-14**" in words(app)


def test_errors_are_of_one_data_set_at_a_time():
    app = open_page(preset="gates")
    title = figures(app)[1]["layout"]["title"]["text"]
    assert title == "Error on CIFAR-10 against MACs of one image"
    choice(app, "Data set").set_value("ImageNet").run()
    choice(app, "Error").set_value("top5").run()
    choice(app, "Against").set_value("params").run()
    assert (app.query_params["data"], app.query_params["error"], app.query_params["cost"]) == ("ImageNet", "top5", "params")
    assert figures(app)[1]["layout"]["title"]["text"] == "Top-5 error on ImageNet against parameters"
    assert "No error on ImageNet is known here of" in words(app)


def test_finished_runs_are_points_of_their_own_data_set():
    for network, state, error in (("cifar/plain-8?width=4&channels=1", "finished", 0.21), ("cifar/basic-8?width=4", "stopped", 0.5),
                                  ("bananas", "finished", 0.4)):
        run = create(network, {"dataset": "mnist-5k", "epochs": 3}, 7)
        RunWriter(run.folder).status(state=state, latest={"val_error": error})
    app = open_page(networks="cifar/plain-8?width=4&channels=1,cifar/basic-8?width=4", data="MNIST-5k")
    rings, measured = figures(app)[1]["data"]
    assert measured["y"] == [21.0] and rings["y"] == [21.0]
    name, kind, note, side = measured["customdata"][0]
    assert name.startswith("Plain-8 (width 4, channels 1): finished runs on this machine") and kind == "measured here"
    assert "seed 7" in note and side == 32
    assert "MNIST-5k" not in choice(open_page(), "Data set").proto.label  # and on no other chart


def views(app):
    return components(app, "network_view")


def test_drawings_are_linked_and_marked_against_the_reference():
    residual = views(open_page(networks="imagenet/plain-34,imagenet/basic-34"))
    assert {view["link"] for view in residual} == {"compared"} and {view["flow"] for view in residual} == {"column"}
    plain, added = (json.loads(view["marks"]) for view in residual)
    assert plain == {"layers": {}, "edges": []}
    assert len(added["layers"]) == 22 and len(added["edges"]) == 22
    assert added["layers"]["layer2.0.downsample.0"] == ["added", "added"]
    alone = views(open_page(networks="imagenet/basic-34"))
    assert json.loads(alone[0]["marks"]) is None


def test_the_reference_is_marked_with_whom_it_differs_from():
    marks = json.loads(views(open_page())[1]["marks"])["layers"]
    assert marks["layer1.0.conv1"] == ["changed", "VGG-19: 64 → 256 channels, reads 64 → 128 channels, bias without → with"]
    assert marks["layer4.0.conv1"] == ["removed", "not in VGG-19"]
    both = json.loads(views(open_page(networks="cifar/bottleneck-20,cifar/plain-20,cifar/basic-20"))[0]["marks"])["layers"]
    assert both["layer1.0.conv3"] == ["removed", "not in Plain-20; not in Residual-20"]


def test_a_selected_layer_is_lit_up_in_every_network():
    app = open_page(selected="2:layer2.0.conv1", detail="layers", toggled3="layer1")
    assert [view["said"]["select"] for view in views(app)] == ["layer4.0.conv1", "layer2.0.conv1", "layer2.0.conv1"]
    assert {view["said"]["detail"] for view in views(app)} == {"layers"}
    assert [view["said"]["toggled"] for view in views(app)] == ["", "", "layer1"]
    told = words(app).replace("\\", "")
    assert ("Selected: layer2.0.conv1 of Plain-34. Where it stands there is in VGG-19 layer4.0.conv1 (128 → 512 channels, "
            "reads 64 → 256 channels, bias without → with, stride 2 → 1); in ResNet-34 layer2.0.conv1 (the same).") in told


@pytest.mark.parametrize("selected", ["9:conv1", "0:conv1", "x", "2:nothing", ":", "1:layer1", "%00:"])
def test_a_selection_of_nothing_selects_nothing(selected):
    app = open_page(networks="cifar/plain-8,cifar/basic-8", selected=selected)
    assert "Selected:" not in words(app) and len(views(app)) == 2

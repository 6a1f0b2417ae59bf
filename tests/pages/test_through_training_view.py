"""Through training: any runs, one step for profile, heatmaps and drawings."""

import json
import math
import sys
from pathlib import Path

import pytest
from layer_runs import layer_run
from opened_page import components, open_page, words

from explorer.runs.folder import create
from explorer.runs.status import State
from explorer.runs.writer import RunWriter

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))
from patience import wait_until  # noqa: E402

PLAIN, RESIDUAL = "cifar/plain-8?width=4&channels=1", "cifar/basic-8?width=4&channels=1"


def training(**query):
    return open_page("gradients", view="training", **query)


def figures(app):
    return {one["filename"]: json.loads(one["figure"]) for one in components(app, "chart")}


def drawn(app) -> list[tuple[dict, dict]]:
    """Of each drawing the graph and the overlay that colours it."""
    return [(json.loads(one["graph"]), next(iter(json.loads(one["overlays"])), None)) for one in components(app, "network_view")]


def by_layer(graph, overlay):
    return {layer["name"]: value for layer, value in zip(graph["layers"], overlay["values"]) if value is not None}


def test_without_runs_there_is_a_way_to_train_some():
    app = training()
    assert "There are no runs on this machine yet" in words(app) and not components(app, "chart")
    layer_run(PLAIN, steps=())
    assert "None of the runs on this machine has written anything of its layers yet" in words(training())


def test_the_newest_run_is_shown_with_the_others_of_its_recipe_all_at_their_latest_step():
    layer_run(PLAIN, recipe={"epochs": 9})
    layer_run(PLAIN)
    layer_run(RESIDUAL)
    app = training()
    shown = figures(app)
    profile, heatmaps = shown["gradient-by-layer"], shown["gradient-over-training"]
    assert [trace["name"] for trace in profile["data"]] == ["Plain-8", "Residual-8"]
    assert profile["data"][0]["y"][:2] == [2.1, 0.21] and "step (20)" in profile["layout"]["title"]["subtitle"]["text"]
    assert heatmaps["data"][0]["x"] == [0, 10, 20] and not heatmaps["layout"]["shapes"]
    (plain, colours), _ = drawn(app)
    assert plain["network"] == PLAIN
    assert by_layer(plain, colours) == pytest.approx({name: 21 * 10.0**-(place + 1) for place, name in enumerate(by_layer(plain, colours))})


def test_one_step_for_all_panels_and_one_scale_for_heatmaps_and_drawings():
    runs = [layer_run(PLAIN), layer_run(RESIDUAL)]
    app = training(runs=",".join(run.id for run in runs), step="10")
    shown = figures(app)
    assert [trace["y"][0] for trace in shown["gradient-by-layer"]["data"]] == [1.1, 1.1]
    assert [line["x0"] for line in shown["gradient-over-training"]["layout"]["shapes"]] == [10, 10]
    axis = shown["gradient-over-training"]["layout"]["coloraxis"]
    for _, overlay in drawn(app):
        assert overlay["values"].count(1.1) == 1 and overlay["steps"] is None
        assert [math.log10(end) for end in overlay["range"]] == pytest.approx([axis["cmin"], axis["cmax"]], abs=1e-3)
    assert "step 10" in words(app)


def test_the_scrubber_moves_the_address_and_its_end_is_the_latest():
    layer_run(PLAIN)
    app = training(step="10")
    assert app.slider[0].value == 10
    app.slider[0].set_value(0).run()
    assert app.query_params["step"] == "0" and figures(app)["gradient-by-layer"]["data"][0]["y"][0] == 0.1
    app.slider[0].set_value(20).run()
    assert "step" not in app.query_params and figures(app)["gradient-by-layer"]["data"][0]["y"][0] == 2.1


@pytest.mark.parametrize("quantity, log, scale", [("gradient", "", "log"), ("gradient", "none", "linear"), ("dead", "", "linear"), ("dead", "y", "log"),
                                                  ("dead", "x", "linear")])
def test_the_scale_of_the_profile_is_the_addresss_or_the_quantitys(quantity, log, scale):
    layer_run(PLAIN)
    assert figures(training(quantity=quantity, log=log))[f"{quantity}-by-layer"]["layout"]["yaxis"]["type"] == scale


@pytest.mark.parametrize("quantity, unit", [("update", "‖ΔW‖₂ / ‖W‖₂"), ("activation", "standard deviation"), ("dead", "share of channels")])
def test_every_quantity_is_charted_drawn_and_said(quantity, unit):
    layer_run(RESIDUAL)
    app = training(quantity=quantity)
    profile = figures(app)[f"{quantity}-by-layer"]
    assert unit in profile["layout"]["yaxis"]["title"]["text"]
    ((graph, overlay),) = drawn(app)
    values = by_layer(graph, overlay)
    assert list(values.values()) == pytest.approx(profile["data"][0]["y"]) and len(values) == len(profile["data"][0]["y"])
    text = words(app)
    assert "**Residual\\-8**, step 20" in text
    if quantity == "update":
        assert profile["data"][1]["name"] == "rule of thumb, 0.001" and "folklore" in text and "6 of 8" not in text
        assert "2 of 8 are above the guide" in text


def test_what_is_not_finite_is_marked_and_said():
    layer_run(PLAIN, changes={"grad_norm": [None, None, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]})
    app = training()
    profile = figures(app)["gradient-by-layer"]
    assert [note["text"] for note in profile["layout"]["annotations"]] == ["NaN or ∞"]
    assert "in 2 of 8 layers it is no finite number" in words(app)
    ((graph, overlay),) = drawn(app)
    assert list(by_layer(graph, overlay).values()) == ["NaN", "NaN", 1, 1, 1, 1, 1, 1]


def test_hostile_addresses_are_said_and_the_rest_is_shown():
    run = layer_run(PLAIN)
    app = training(runs=f"nowhere,{run.id}", step="-5", quantity="love")
    said = "\n".join(one.value for one in app.warning).replace("\\", "")
    assert "there is no nowhere" in said and "-5 is none from 0 to 20" in said and "there is no love" in said
    assert [trace["name"] for trace in figures(app)["gradient-by-layer"]["data"]] == ["Plain-8"]
    assert "Choose at least one run" in words(training(runs="-"))
    late = layer_run(RESIDUAL, steps=(10, 20))
    assert "5 is none from 10 to 20" in training(runs=late.id, step="5").warning[0].value
    foreign = create("cifar/banana-8", {"dataset": "mnist-5k"}, 0)
    app = training(runs=f"{foreign.id},{run.id}")
    assert "of a network that this version does not know: cifar/banana-8" in app.warning[0].value.replace("\\", "")
    assert len(drawn(app)) == 1


def test_runs_without_rows_say_why():
    whole = layer_run(PLAIN)
    unread, waiting = layer_run(RESIDUAL, steps=(), recipe={"probe_every": 0}), layer_run(RESIDUAL, steps=(), state=State.RUNNING)
    app = training(runs=",".join(run.id for run in (whole, unread, waiting)))
    assert "its recipe says probe_every 0" in words(app) and "has not written its first row yet" in words(app)
    assert len(drawn(app)) == 3 and [overlay is None for _, overlay in drawn(app)] == [False, True, True]


def test_a_run_in_progress_is_followed():
    run = layer_run(PLAIN, steps=(0,), state=State.RUNNING)
    app = training()
    assert figures(app)["gradient-over-training"]["data"][0]["x"] == [0] and not app.slider
    row = {"grad_norm": [1.0] * 8, "update_ratio": [1.0] * 8, "activation_std": [1.0] * 7, "dead_share": [0.0] * 7}
    RunWriter(run.folder).layers({"step": 10} | row)
    # Runs are read once for all sessions, and not at every look.
    wait_until(lambda: figures(app.run())["gradient-over-training"]["data"][0]["x"] == [0, 10])
    assert app.slider[0].value == 10


def test_a_run_of_an_earlier_version_says_what_it_has_not():
    run = layer_run(PLAIN, changes={"update_ratio": None})
    assert "without update / weight: choose another quantity, or train anew" in words(training(runs=run.id, quantity="update"))


def test_a_name_from_a_runs_folder_is_no_markdown():
    run = layer_run(PLAIN)
    config = json.loads((run.folder / "run.json").read_text())
    (run.folder / "run.json").write_text(json.dumps(config | {"label": "**bold** :red[x]"}))
    text = words(training(runs=run.id))
    assert text.count(r"\*\*bold\*\* \:red\[x\]") >= 2 and "**bold**" not in text.replace(r"\*\*bold\*\*", "")


def test_a_selected_layer_and_the_level_of_detail_are_in_the_address():
    layer_run(PLAIN)
    app = training(layer="layer1.0.conv2", detail="layers")
    (mark,) = figures(app)["gradient-by-layer"]["layout"]["shapes"]
    assert mark["x0"] == mark["x1"] == 3
    (said,) = [one["said"] for one in components(app, "network_view")]
    assert said["select"] == "layer1.0.conv2" and said["detail"] == "layers"


def test_a_film_goes_through_the_steps_and_leaves_the_address_alone_until_it_is_stopped():
    layer_run(PLAIN, steps=(0, 10, 20, 30))
    app = training()
    app.button(key="training play").click().run()
    assert app.slider[0].value == 0 and app.button(key="training play").label == "Pause" and "step" not in app.query_params
    assert app.slider[0].disabled  # what the browser says of it is of a while ago
    assert [app.run().slider[0].value for _ in range(2)] == [10, 20]
    app.button(key="training play").click().run()
    assert app.query_params["step"] == "20" and app.slider[0].value == 20 and app.button(key="training play").label == "Play"
    app.button(key="training play").click().run()
    assert app.button(key="training play").label == "Play" and app.slider[0].value == 30 and "step" not in app.query_params

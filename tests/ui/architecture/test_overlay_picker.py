"""What a drawing can be coloured by: what is offered, the controls that a choice needs, and what is said where it cannot be."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from explorer.anatomy.of import anatomy_of
from explorer.lab.first_gradients import initial_gradient
from explorer.networks.spec import parse_spec
from explorer.runs.folder import create
from explorer.runs.writer import RunWriter

NETWORK = "cifar/basic-8?width=4"
NAMES = ["conv1", "layer1.0.conv1", "fc"]
APP = """
import json
import streamlit as st

def show():
    from explorer.anatomy.of import anatomy_of
    from explorer.networks.spec import parse_spec
    from explorer.ui.architecture.overlays import colour, overlays, shown_step
    from explorer.ui.url import param

    spec = parse_spec(param("network", "cifar/basic-8?width=4"))
    chosen = colour()
    offered = overlays(spec, anatomy_of(spec), param("unit", "MACs"), chosen)
    st.code(json.dumps({"colour": chosen, "step": shown_step(offered, chosen), "offered": [one.to_json() for one in offered]}))

st.navigation([st.Page(show, default=True), st.Page("../pages/train.py")]).run()
"""


@pytest.fixture
def open_app(tmp_path):
    """The picker on a page of its own, laid out as the app is; keywords are the address."""
    (tmp_path / "explorer").mkdir()
    (tmp_path / "pages").mkdir()
    (tmp_path / "explorer" / "app.py").write_text(APP)
    (tmp_path / "pages" / "train.py").write_text("")

    def opened(**query):
        app = AppTest.from_file(str(tmp_path / "explorer" / "app.py"), default_timeout=120)
        for name, value in query.items():
            app.query_params[name] = value
        return checked(app.run())

    return opened


def checked(app):
    assert not app.exception, app.exception
    return app


def shown(app):
    """What the page hands to the drawing."""
    return json.loads(app.code[0].value)


def chosen(app):
    told = shown(app)
    return next(one for one in told["offered"] if one["id"] == told["colour"])


def words(app):
    return "\n".join(element.value for kind in (app.info, app.warning, app.error, app.caption, app.markdown) for element in kind)


def finished(network=NETWORK, seed=0, rows=3, ratios=True, active=False, recipe=None):
    run = create(network, recipe or {"epochs": 1, "dataset": "mnist-5k"}, seed)
    writer = RunWriter(run.folder)
    writer.status(state="running")
    writer.layers({"layers": NAMES, "kinds": ["conv", "conv", "linear"]})
    write(run, range(rows), ratios)
    if not active:
        writer.status(state="finished")
    return run


def write(run, steps, ratios=True):
    writer = RunWriter(run.folder)
    for step in steps:
        row = {"step": 10 * step, "grad_norm": [1.0 + step, 100.0, float("nan")], "update_ratio": [0.1, 0.2, 0.3]}
        writer.layers(row if ratios else {key: value for key, value in row.items() if key != "update_ratio"})


def by_layer(overlay, row=None):
    values = overlay["values"] if row is None else overlay["values"][row]
    names = [layer.name for layer in anatomy_of(parse_spec(NETWORK)).layers]
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}


def test_all_is_offered_and_what_takes_a_choice_or_time_comes_without_values(open_app):
    app = open_app()
    told = shown(app)
    assert told["colour"] == "kind" and told["step"] is None
    assert {one["id"]: one["values"] is not None for one in told["offered"]} == {
        "params": True, "macs": True, "activations": True, "receptive_field": True, "initial_gradient": False, "run": False, "own": False,
    }  # fmt: skip
    assert words(app) == "" and not app.button and not app.selectbox


def test_a_damaged_colour_is_the_drawings_own(open_app):
    assert shown(open_app(colour="<b>"))["colour"] == "kind"


def test_macs_are_counted_in_the_pages_unit(open_app):
    macs, flops = (by_layer(chosen(open_app(colour="macs", unit=unit))) for unit in ("MACs", "FLOPs"))
    assert flops == {name: 2 * value for name, value in macs.items()}


def test_gradients_at_initialisation_are_measured_when_they_are_chosen(open_app):
    app = open_app(colour="initial_gradient")
    spec = parse_spec(NETWORK)
    exact = initial_gradient(spec, anatomy_of(spec)).to_json()
    assert by_layer(chosen(app)) == pytest.approx(by_layer(exact), rel=1e-4)
    assert "one batch of 64 handwritten digits" in words(app)


def test_what_cannot_be_measured_is_said_and_the_drawing_keeps_its_colours(open_app):
    app = open_app(colour="initial_gradient", network="imagenet/vgg-19?input=1024")
    assert chosen(app)["values"] is None and "would take minutes here" in app.warning[0].value


def test_a_runs_norms_step_by_step(open_app):
    run = finished()
    app = open_app(colour="run")
    found = chosen(app)
    assert (found["label"], found["steps"], shown(app)["step"]) == ("Gradient norm of a run", [0, 10, 20], None)
    assert by_layer(found, 1) == {"conv1": 2.0, "layer1.0.conv1": 100.0, "fc": "NaN"}
    assert run.id in found["note"] and found["scale"] == "log"
    app.segmented_control(key="overlay-quantity").set_value("update_ratio")
    app = checked(app.run())
    assert app.query_params["quantity"] == "update_ratio"
    assert by_layer(chosen(app), 0) == {"conv1": 0.1, "layer1.0.conv1": 0.2, "fc": 0.3}


@pytest.mark.parametrize(("step", "nearest"), [
    ("10", "10"), ("14", "10"), ("16", "20"), ("99999", "20"), ("", None), ("x", None), ("-5", None), ("٣", None), ("9" * 99, None),
])  # fmt: skip
def test_the_step_of_the_address_or_the_nearest_or_the_last(open_app, step, nearest):
    finished()
    assert shown(open_app(colour="run", step=step))["step"] == nearest


def test_runs_of_the_same_network_only_the_newest_first(open_app):
    old, other, new = finished(seed=1), finished("cifar/basic-14?width=4"), finished("cifar/basic-8?width=4&norm=batch", seed=2)
    app = open_app(colour="run")
    box = app.selectbox(key="overlay-run")
    assert box.value == new.id and len(box.options) == 2 and "seed 2" in box.options[0] and "finished" in box.options[0]
    app = checked(box.set_value(old.id).run())
    assert app.query_params["run"] == old.id and old.id in chosen(app)["note"]
    app = open_app(colour="run", run=other.id, step="10")
    assert "is no run of this network; shown instead is its newest" in app.warning[0].value and new.id in chosen(app)["note"]


def test_without_a_run_the_page_says_what_to_do(open_app):
    app = open_app(colour="run")
    assert chosen(app)["values"] is None and "There is no run of cifar" in words(app)
    assert not app.button
    finished("cifar/basic-14?width=4")
    app = open_app(colour="run", step="3")
    app = checked(app.button(key="overlay-show-cifar/basic-14?width=4").click().run())
    assert app.query_params["network"] == "cifar/basic-14?width=4" and "step" not in app.query_params
    assert chosen(app)["steps"] == [0, 10, 20]
    assert "torchvision's models are not trained here" in words(open_app(colour="run", network="torchvision/resnet18"))


def test_runs_that_have_not_what_is_asked_for_say_why(open_app):
    finished(ratios=False)
    app = open_app(colour="run", quantity="update_ratio")
    assert chosen(app)["values"] is None and "by an earlier version, without update / weight ratios" in words(app)
    assert chosen(open_app(colour="run"))["values"] is not None
    finished(rows=0)
    assert "ended before it wrote any norms" in words(open_app(colour="run"))
    finished(rows=0, recipe={"probe_every": 0})
    assert "its recipe says probe_every 0" in words(open_app(colour="run"))
    finished(rows=0, active=True)
    assert "has not written its first norms yet" in words(open_app(colour="run"))


def test_a_run_in_progress_is_followed(open_app):
    run = finished(active=True)
    app = open_app(colour="run")
    assert "Norms of 3 steps so far" in words(app) and chosen(app)["steps"] == [0, 10, 20]
    write(run, [3])
    app = checked(app.run())
    assert "Norms of 4 steps so far" in words(app) and chosen(app)["steps"] == [0, 10, 20, 30]
    RunWriter(run.folder).status(state="finished")
    assert "so far" not in words(checked(app.run()))


def upload(app, content, name="lat_ency.csv"):
    app.file_uploader(key="overlay-file").set_value((name, content.encode(), "text/csv"))
    return checked(app.run())


def test_ones_own_numbers_stay_with_the_session(open_app):
    app = open_app(colour="own")
    assert chosen(app)["values"] is None and "stays in this session only: the address cannot hold it" in words(app)
    app = upload(app, "layer,a [ms],b\nconv1,1,2\nfc,3,4\n")
    assert (chosen(app)["label"], chosen(app)["unit"]) == ("a", "ms") and by_layer(chosen(app)) == {"conv1": 1.0, "fc": 3.0}
    assert "lat\\_ency" in words(app) and not app.get("file_uploader")
    app = checked(app.selectbox(key="overlay-column").set_value("b").run())
    assert app.query_params["quantity"] == "b" and by_layer(chosen(app)) == {"conv1": 2.0, "fc": 4.0}
    app.query_params["colour"] = "macs"
    app = checked(app.run())
    app.query_params["colour"] = "own"
    assert by_layer(chosen(checked(app.run()))) == {"conv1": 2.0, "fc": 4.0}
    app = checked(app.button(key="overlay-another").click().run())
    assert chosen(app)["values"] is None and len(app.get("file_uploader")) == 1 and "quantity" not in app.query_params


def test_a_file_that_does_not_fit_says_which_layers(open_app):
    app = upload(open_app(colour="own"), "layer,a\nconv_1,1\n*q*,2\nfc,2\n")
    assert chosen(app)["values"] is None
    assert app.error[0].value.startswith("2 of the 3 names in lat\\_ency\\.csv are no layers of Residual\\-8\\: conv\\_1 \\(did you mean conv1?\\), \\*q\\*")
    assert app.button(key="overlay-another").label == "Another file"
    app.query_params["network"] = "cifar/basic-14?width=4"
    assert "of Residual\\-14" in checked(app.run()).error[0].value


def test_a_file_is_held_against_the_network_that_is_shown(open_app):
    app = upload(open_app(colour="own", network="cifar/basic-14?width=4"), "layer,a\nlayer3.1.conv1,1\n")
    assert chosen(app)["values"] is not None
    app.query_params["network"] = NETWORK
    assert "layer3\\.1\\.conv1" in checked(app.run()).error[0].value

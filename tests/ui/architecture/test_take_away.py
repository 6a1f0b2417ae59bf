"""The Take it with you popover: what it offers for which network, and that failures are sentences in their place."""

from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from explorer.figures import paper, svg
from explorer.networks import onnx_file
from explorer.networks.spec import parse_spec
from explorer.ui.architecture.take_away import file_name


def script():
    import streamlit as st

    from explorer.anatomy.of import anatomy_of
    from explorer.anatomy.overlay import built_in
    from explorer.figures.detail import opened
    from explorer.networks.spec import parse_spec
    from explorer.ui.architecture.take_away import take_away

    spec = parse_spec(st.query_params["network"])
    anatomy = anatomy_of(spec)
    chosen = next((one for one in built_in(anatomy, "MACs") if one.id == st.query_params.get("colour")), None)
    take_away(spec, anatomy, opened(anatomy, st.query_params.get("detail", "folded")), overlay=chosen)


def shown(is_open=True, **query):
    app = AppTest.from_function(script, default_timeout=120)
    app.query_params.update(query)
    app.session_state["take-away"] = is_open
    app.run()
    assert not app.exception, app.exception
    return app


def buttons(app):
    return [button.label for button in app.get("download_button")]


def test_nothing_is_made_before_it_is_open(monkeypatch):
    monkeypatch.setattr(paper, "printed", None)
    app = shown(is_open=False, network="cifar/basic-20")
    assert buttons(app) == [] and not app.markdown and not app.error


@pytest.mark.parametrize("network", ["cifar/basic-20", "imagenet/vgg-16", "cifar/highway-32?gate_bias=-2"])
def test_of_our_own_networks_everything_can_be_had(network):
    app = shown(network=network, colour="macs")
    assert buttons(app) == ["Save PDF", "Python", "ONNX", "CSV", "Parquet", "Markdown", "torchinfo"]
    assert not app.error and not app.warning and not app.caption


def test_the_address_is_the_pages_own_with_the_networks_name():
    app = shown(network="cifar/highway-32?gate_bias=-2", detail="blocks", selected="layer1.0")
    name, address = (code.value for code in app.code)
    assert name == "cifar/highway-32?gate_bias=-2"
    assert parse_qs(address.partition("?")[2]) == {"network": [name], "detail": ["blocks"], "selected": ["layer1.0"]}


def test_torchvisions_code_is_said_where_it_is():
    app = shown(network="torchvision/resnet50")
    assert "Python" not in buttons(app) and "ONNX" in buttons(app)
    (sentence,) = [caption.value for caption in app.caption]
    assert "pip install torchvision" in sentence.replace("\\", "")
    assert "imagenet/bottleneck-50?stride=3x3 is the same network" in sentence.replace("\\", "")


def test_type_too_small_is_said_with_what_helps():
    app = shown(network="imagenet/bottleneck-152", detail="blocks")
    assert not app.warning
    app.selectbox(key="take-away-page").select("Letter portrait").run()
    assert "On Letter portrait the smallest type is" in app.warning[0].value
    assert buttons(app)[0] == "Save PDF"


def test_what_is_missing_takes_nothing_else_away(monkeypatch):
    monkeypatch.setattr(svg, "graphviz_programs", list)
    for cached in (svg.render, svg.layout):
        cached.cache_clear()
    installed = onnx_file.importlib.util.find_spec
    monkeypatch.setattr(onnx_file.importlib.util, "find_spec", lambda name, *rest: None if name == "onnx" else installed(name, *rest))
    app = shown(network="cifar/basic-20")
    assert buttons(app) == ["Python", "CSV", "Parquet", "Markdown", "torchinfo"]
    assert app.error[0].value.startswith("Graphviz is missing")
    assert app.caption[0].value.replace("\\", "").startswith("ONNX files need onnx: pip install onnx")


def test_names_of_files():
    assert file_name(parse_spec("cifar/highway-32?gate_bias=-2"), ".pdf") == "cifar-highway-32-gate_bias=-2.pdf"
    assert file_name(parse_spec("torchvision/vit_b_16"), ".csv") == "torchvision-vit_b_16.csv"

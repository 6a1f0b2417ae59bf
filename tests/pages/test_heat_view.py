"""Where it looks: heats as computed by hand, choices in the address, several networks on one scale, and hostile addresses."""

import base64
import io
import json

import numpy as np
import pytest
from opened_page import components, open_page, words
from PIL import Image

from explorer.errors import BadInput
from explorer.ui.classify.heat import measured
from explorer.ui.format import percent, plain
from explorer.vision.explain.gradcam import grad_cam
from explorer.vision.explain.layers import feature_layers
from explorer.vision.explain.occlusion import Window, occlusion
from explorer.vision.models import open_model
from explorer.vision.picture import open_picture
from explorer.vision.prepare import prepare
from explorer.vision.samples import samples

RESIDUAL, PLAIN, DIGITS = "cifar10-residual-20", "cifar10-plain-20", "mnist-residual-20"


def opened(**query):
    return open_page("classify", **{"view": "heat", "model": RESIDUAL, "sample": "cat"} | query)


def maps(app):
    (given,) = components(app, "heat_maps")
    return json.loads(given["content"])


def values(one):
    return np.frombuffer(base64.b64decode(one["values"]), "<f4").reshape(one["rows"], one["columns"])


def picture_of(address):
    return Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))


def by_hand(model, sample="cat"):
    loaded = open_model(model)
    file = next(one.file for digits in (False, True) for one in samples(digits) if one.id == sample)
    return loaded, prepare(open_picture(file), loaded.preparation)


def read(app):
    return words(app).replace("\\", "")


def test_it_opens_with_grad_cam_at_the_last_stage_for_the_networks_own_answer():
    app = opened()
    loaded, prepared = by_hand(RESIDUAL)
    expected = grad_cam(loaded, prepared.pixels, "layer3")
    (one,) = maps(app)
    np.testing.assert_allclose(values(one), expected.values, rtol=1e-4, atol=1e-6)
    assert one["title"] == "Residual-20" and one["subtitle"] == f"cat · {percent(expected.probability)}" and one["unit"] == "logits"
    assert one["ends"] == [0, pytest.approx(float(expected.values.max()), rel=1e-4)]
    assert "a probability of" in read(app) and "Selvaraju" in read(app) and not app.warning and not app.error


def test_layer_class_and_sign_come_from_the_address():
    app = opened(**{"layer": "layer2.1", "class": "dog", "sign": "both"})
    loaded, prepared = by_hand(RESIDUAL)
    expected = grad_cam(loaded, prepared.pixels, "layer2.1", 5)
    (one,) = maps(app)
    np.testing.assert_allclose(values(one), expected.values, rtol=1e-4, atol=1e-6)
    assert one["subtitle"].startswith("dog") and one["ends"][0] == -one["ends"][1] < 0
    assert "16 × 16 places" in read(app) and "speak against it" in read(app)


def test_the_likely_classes_are_offered_first():
    offered = next(box for box in opened().selectbox if box.label == "Class").options
    assert offered[:2] == ["each network's own answer", "cat"] and len(offered) == 11


def test_choices_go_into_the_address_and_leave_it_with_the_view():
    app = opened()
    chosen = {box.label: box for box in app.selectbox}
    chosen["Class"].set_value("frog").run()
    next(box for box in app.selectbox if box.label == "Layer").set_value("layer1").run()
    assert (app.query_params["class"], app.query_params["layer"]) == ("frog", "layer1")
    assert maps(app)[0]["subtitle"].startswith("frog") and maps(app)[0]["rows"] == 32
    app.segmented_control(key="classify view").set_value("answer").run()
    assert set(app.query_params) == {"model", "sample"}
    app.segmented_control(key="classify view").set_value("heat").run()
    assert maps(app)[0]["subtitle"].startswith("frog") and not app.exception  # the view is as it was left


def test_two_networks_have_scales_of_their_own_or_one(monkeypatch):
    models = f"{RESIDUAL},{PLAIN}"
    first, second = maps(opened(model=models))
    assert first["ends"] != second["ends"] and (first["title"], second["title"]) == ("Residual-20", "Plain-20")
    app = opened(model=models, scale="common")
    first, second = maps(app)
    assert first["ends"] == second["ends"]
    assert first["ends"][1] == pytest.approx(max(values(first).max(), values(second).max()), rel=1e-5)
    assert "one scale" in read(app) and "Residual-20 and Plain-20 0." in read(app)


def test_occlusion_takes_points_from_the_class_and_says_how_many():
    app = opened(method="occlusion", window="4", cover="grey")
    loaded, prepared = by_hand(RESIDUAL)
    expected = occlusion(loaded, prepared.pixels, Window(8, 4), cover="grey")
    (one,) = maps(app)
    np.testing.assert_allclose(values(one), 100 * expected.values, rtol=1e-3, atol=1e-3)
    assert one["unit"] == "points"
    assert f"At its hottest place the class loses {100 * expected.values.max():.1f} points, on average over the windows" in read(app)


def test_occlusion_shows_what_is_gained_too_or_says_that_it_does_not():
    gained = {"model": PLAIN, "sample": "coffee", "method": "occlusion", "window": "4"}
    app = opened(**gained)
    (one,) = maps(app)
    most = -values(one).min()
    assert most > values(one).max() and one["ends"] == [pytest.approx(-most), pytest.approx(most)]
    assert f"it gains {most:.1f} points." in read(app) and "not drawn" not in read(app)
    app = opened(**gained, sign="for")
    assert maps(app)[0]["ends"][0] == 0
    assert f"it gains {most:.1f} points, which is not drawn: choose *For and against* to see where." in read(app)


def test_a_certain_network_loses_logits_where_it_has_no_points_to_lose():
    query = {"model": DIGITS, "sample": "digit-7", "method": "occlusion", "window": "4"}
    app = opened(**query, loss="logit")
    loaded, prepared = by_hand(DIGITS, "digit-7")
    expected = occlusion(loaded, prepared.pixels, Window(8, 4), cover="black", loss="logit")
    (one,) = maps(app)
    np.testing.assert_allclose(values(one), expected.values, rtol=1e-3, atol=1e-4)
    assert one["unit"] == "logits" and f"hottest place the class loses {expected.values.max():.1f} logits" in read(app)


def test_the_heat_lies_on_the_part_of_the_picture_that_the_network_gets():
    """The coffee is wider than high: of it the network gets the square in the middle."""
    (one,) = maps(opened(sample="coffee"))
    loaded, prepared = by_hand(RESIDUAL, "coffee")
    width, height = picture_of(one["base"]).size
    assert (width, height) == (one["width"], one["height"]) and width > height
    share = (1 - height / width) / 2
    assert one["frame"] == [pytest.approx(share, abs=0.01), 0, pytest.approx(1 - share, abs=0.01), 1]
    overlay = np.asarray(picture_of(one["overlay"]))[..., 3]
    assert not overlay[:, : int(share * overlay.shape[1]) - 1].any() and overlay.any()
    (inside,) = maps(opened(sample="coffee", on="input"))
    assert inside["frame"] == [0, 0, 1, 1]
    shown = np.asarray(picture_of(inside["base"]))
    assert np.array_equal(shown[:: len(shown) // 32, :: len(shown) // 32], np.asarray(prepared.image))


def test_networks_of_other_classes_and_layers_say_what_they_lack():
    app = opened(**{"model": f"{DIGITS},{RESIDUAL},mnist-plain-56", "class": "cat", "layer": "layer3.7", "sample": "digit-7"})
    told = read(app)
    assert told.count("It does not know cat") == 2 and told.count("It has no layer layer3.7") == 2
    assert [one["title"] for one in maps(app)] == ["Residual-20 on MNIST-5k", "Residual-20 on CIFAR-10", "Plain-56"]


def test_what_an_address_cannot_have_is_said_and_the_figures_stay():
    bad = {"method": "magic", "class": "*unicorn*", "layer": "fc", "sign": "-", "on": "wall", "strength": "900"}
    app = opened(**bad)
    assert len(app.warning) == len(bad) and not app.error and len(maps(app)) == 1
    assert plain("*unicorn*") in words(app)
    app = opened(method="occlusion", window="3", cover="red", loss="hope")
    assert len(app.warning) == 3 and len(maps(app)) == 1


def test_a_network_without_maps_is_told_and_the_others_are_shown(monkeypatch):
    def layers(mark, loaded):
        if mark[0] == PLAIN:
            raise BadInput("*It* keeps no maps.")
        return feature_layers(loaded)

    monkeypatch.setattr(measured, "_layers", layers)
    app = opened(model=f"{PLAIN},{RESIDUAL}")
    assert [error.value for error in app.error] == [plain("*It* keeps no maps.")]
    assert [one["title"] for one in maps(app)] == ["Residual-20"]
    assert len(maps(opened(model=PLAIN, method="occlusion"))) == 1


def test_the_strength_of_the_address_is_the_figures():
    (given,) = components(opened(strength="25"), "heat_maps")
    assert given["strength"] == 25

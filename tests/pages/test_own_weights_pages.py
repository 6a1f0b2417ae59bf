"""Weights of one's own in every view: whatever they and their classes are called, and when others take their name."""

import json

import pytest
from opened_page import components, open_page
from own_weights import brought

from explorer.networks.known_data import DIGITS
from explorer.ui.classify.views import VIEWS

COLOURS, GREYS = "cifar/basic-8?width=4", "cifar/basic-8?width=4&channels=1"
# As the page might call something of its own.
CLASSES = ["own", "own answer", "last", "-", "*bold*", "<a href='x'>", "a<b", "%{x}", "__", "none"]


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_them(tmp_path, view):
    model = brought(tmp_path, COLOURS, name="a__b", classes=CLASSES)
    app = open_page("classify", view=view, model=model.id, sample="cat")
    assert not app.error and not app.warning
    figures = "".join(one["figure"] for one in components(app, "chart"))
    assert "<a href" not in figures


@pytest.mark.parametrize("view, name, label", [("heat", "class", "Class"), ("depth", "follow", "Class to follow")])
def test_no_class_hides_what_the_page_offers_beside_the_classes(tmp_path, view, name, label):
    model = brought(tmp_path, COLOURS, name="a__b", classes=CLASSES)
    for asked in CLASSES[:4]:
        app = open_page("classify", **{"view": view, "model": model.id, "sample": "cat", name: asked})
        (box,) = [one for one in app.selectbox if one.label == label]
        assert box.value == asked and not app.warning
        assert sorted(box.options) == sorted(["each network's own answer", *CLASSES])


@pytest.mark.parametrize("query", [{"view": "lesions", "study": "each"}, {"view": "lesions", "study": "paths"},
                                   {"view": "propagation", "source": "trained", "start": "off"}])  # fmt: skip
def test_other_weights_under_the_same_name_are_measured_anew(tmp_path, query):
    seen = []
    for seed in (0, 7):
        model = brought(tmp_path, GREYS, seed, metadata={"dataset": "mnist-5k", "classes": json.dumps(DIGITS)})
        app = open_page("gradients", **query | {"pictures": "100" if query["view"] == "lesions" else "16", "model": model.id,
                                                "against": model.id, "models": model.id})  # fmt: skip
        assert not app.error
        seen.append([json.loads(one["figure"])["data"] for one in components(app, "chart")])
    assert seen[0] and all(one != other for one, other in zip(*seen, strict=True))

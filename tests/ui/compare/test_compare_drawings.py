"""What the drawings of the Compare page write into its address."""

import pytest

from explorer.ui.compare import drawings
from explorer.ui.components.network_view import NetworkEvent


@pytest.fixture
def heard(monkeypatch):
    """Tells of an event in the drawing of an index; returns what becomes of the parameters."""

    def heard(index, kind, target, **params):
        monkeypatch.setattr(drawings, "set_params", lambda **values: params.update(values))
        drawings._heard(index, NetworkEvent(kind, target))
        return {name: value for name, value in params.items() if value}

    return heard


def test_a_level_is_every_drawing_s_and_closes_what_was_opened_in_its_peers(heard):
    assert heard(0, "detail", "layers", toggled2="layer1", toggled4="layer2", find="conv") == {"detail": "layers", "find": "conv"}
    assert heard(1, "detail", "folded", toggled1="layer1", detail="layers") == {}


def test_what_is_opened_and_selected_is_one_drawing_s(heard):
    assert heard(1, "toggled", "layer1,layer2", toggled1="layer1") == {"toggled1": "layer1", "toggled2": "layer1,layer2"}
    assert heard(1, "toggled", "", toggled2="layer1") == {}
    assert heard(2, "select", "conv1") == {"selected": "3:conv1"}
    assert heard(0, "select", "", selected="1:conv1") == {}

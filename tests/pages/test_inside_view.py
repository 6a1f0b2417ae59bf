"""Feature maps on the page: depth and channel from the address, tiles, the sum of a block, and what hostile addresses get."""

import json
import re

import pytest
from finished_models import finished_model
from opened_page import components, open_page, words
from own_weights import brought

from explorer.ui.format import plain

SMALL = "cifar/basic-8?width=4&channels=1&input=16"


@pytest.fixture
def residual():
    return finished_model(SMALL).id


def opened(*models, look="maps", **query):
    app = open_page("classify", view="inside", model=",".join(models), sample="digit-7", look=look, **query)
    assert not app.error
    return app


def grids(app):
    """The ids of the tiles of each grid, and which is picked."""
    return [([item["id"] for item in json.loads(grid["content"])], grid["selected"]) for grid in components(app, "tiles")]


def test_three_levels_are_seen_at_one_look_and_one_channel_of_them_large(residual):
    app = opened(residual, look="levels", channel="layer2.0.relu2:3")
    assert [len(ids) for ids, _ in grids(app)] == [4, 8, 8] and [picked for _, picked in grids(app)] == ["", "3", ""]
    text = words(app)
    places = [f"**{level} level:** {plain(f'layer{stage}.0.relu2')}" for level, stage in (("Low", 1), ("Mid", 2), ("High", 3))]
    assert all(place in text for place in places) and text.count("Channel 3, the ") == 1


def test_the_most_active_channels_are_tiles_and_the_first_is_enlarged(residual):
    app = opened(residual, top="8")
    ((ids, picked),) = grids(app)
    assert sorted(ids) == [str(channel) for channel in range(8)] and picked == ids[0]
    assert app.select_slider[0].value == "layer2.0" and app.selectbox[0].value == ""
    assert f"{plain('layer2.0.relu2')}, the result of {plain('layer2.0')}: 8 maps of 8 x 8" in words(app)
    assert f"Channel {picked}, the 1st of 8 by mean activity" in words(app)
    assert {button.label for button in app.get("download_button")} >= {"PNG", "CSV"}


def test_the_address_keeps_depth_signal_and_channel(residual):
    app = opened(residual, at="layer1.0", signal="conv2", channel="layer1.0.conv2:3", by="max", scale="own")
    assert f"{plain('layer1.0.conv2')}, inside {plain('layer1.0')}: 4 maps of 16 x 16" in words(app)
    assert grids(app)[0][1] == "3" and "Channel 3, the " in words(app)
    assert "channel 3's own scale" in words(app)
    next(one for one in app.select_slider if one.key == "control at").set_value("layer3.0")
    app.run()
    assert app.query_params["at"] == "layer3.0"
    # The layer within is kept where the block has one of that name; a channel of another layer is not meant.
    assert app.selectbox[0].value == "conv2" and grids(app)[0][0][0] == grids(app)[0][1]


def test_other_weights_under_the_same_name_are_seen(tmp_path):
    seen = [json.loads(components(opened(brought(tmp_path, SMALL, seed).id), "tiles")[0]["content"]) for seed in (0, 7)]
    assert seen[0] != seen[1] and len(seen[0]) == len(seen[1])


def test_levels_are_the_ends_of_stages(residual):
    app = opened(residual)
    control = next(one for one in app.segmented_control if one.label == "Level")
    assert control.value == "mid"
    control.set_value("high")
    app.run()
    assert app.query_params["at"] == "layer3.0" and app.select_slider[0].value == "layer3.0"


@pytest.mark.parametrize("query", [{"at": "layer9.9"}, {"by": "<b>"}, {"scale": "x"}, {"top": "7"}, {"look": "nothing"}])
def test_what_the_address_has_wrong_is_said(residual, query):
    app = opened(residual, **query)
    assert len(app.warning) == 1 and f"there is no {plain(*query.values())}" in app.warning[0].value


@pytest.mark.parametrize("query", [{"channel": "layer2.0.relu2:8"}, {"channel": "layer2.0.relu2:-1"}, {"channel": "layer2.0.relu2:²"},
                                   {"channel": "3"}, {"signal": "nothing"}])  # fmt: skip
def test_a_channel_or_layer_that_is_not_there_is_the_first_and_that_is_said(residual, query):
    app = opened(residual, **query)
    ids, picked = grids(app)[0]
    assert picked == ids[0]
    assert len(app.warning) == 1 and plain(*query.values()) in app.warning[0].value


def test_a_channel_of_another_layer_is_not_meant_and_one_of_no_layer_is_said_in_every_look(residual):
    assert not opened(residual, channel="layer1.0.conv1:2").warning
    for query in ({"look": "levels", "channel": "*x*:1"}, {"look": "sum", "added": "*x*:1"}):
        (told,) = opened(residual, **query).warning
        assert f"has no channel {plain('*x*:1')}" in told.value


def test_two_networks_show_corresponding_places(residual):
    plain_net = finished_model("cifar/plain-14?width=4&channels=1&input=16").id
    app = opened(residual, plain_net, at="layer3.0")
    assert len(grids(app)) == 2
    assert words(app).count(f"{plain('layer3.0.relu2')}, the result of") == 2
    app = opened(plain_net, residual, at="layer3.1")
    assert f"{plain('layer3.0.relu2')}, the result of" in words(app) and f"{plain('layer3.1.relu2')}, the result of" in words(app)


def scale_ends(app):
    """The largest value of every colour scale."""
    return re.findall(r"Colour scale from \S+ to (\S+?)[ \"]", words(app))


def test_colours_of_two_networks_are_compared_on_one_scale_where_it_is_called_so(residual):
    plain_net = finished_model("cifar/plain-8?width=4&channels=1&input=16").id
    text = words(app := opened(residual, plain_net))
    own = scale_ends(app)
    assert len(own) == 2 and own[0] != own[1] and text.count("> this network's<") == 2
    text = words(app := opened(residual, plain_net, scale="common"))
    assert scale_ends(app) == [max(own, key=float)] * 2 and text.count("> the same for all networks<") == 2
    app = opened(residual, scale="common")
    assert not app.warning and "scale" not in app.query_params and scale_ends(app) == own[:1]


def test_the_sum_of_a_block_is_shown_with_its_numbers_and_over_depth(residual):
    app = opened(residual, look="sum", block="layer1.0")
    text = words(app)
    assert "The shortcut is the identity" in text and "**F(x) + x**" in text and "**after the ReLU**" in text
    assert f"In {plain('layer1.0')}, over all channels: what is added has" in text
    assert "in all maps of this row" in text and "in these small maps" in text
    assert "The cosine tells how what is added lies to what came" in text and "figure 7" in text
    (chart,) = components(app, "chart")
    assert chart["view"].startswith(residual)
    (grid,) = components(app, "tiles")
    assert len(grids(app)[0][0]) == 4 and grid["label"].startswith("The channels to which layer1.0")


def test_a_plain_network_adds_nothing_and_says_so(residual):
    plain_net = finished_model("cifar/plain-8?width=4&channels=1&input=16").id
    app = opened(plain_net, look="sum")
    assert "adds nothing anywhere" in app.info[0].value and not components(app, "tiles")
    app = opened(plain_net, residual, look="sum")
    assert "adds nothing anywhere" in app.info[0].value and len(components(app, "tiles")) == 1


def test_highway_layers_share_out_and_preactivation_has_no_relu_behind(residual):
    highway = finished_model("cifar/highway-8?width=4&channels=1&input=16").id
    preact = finished_model("cifar/preact-8?width=4&channels=1&input=16").id
    text = words(opened(highway, preact, look="sum", block="layer1.0"))
    assert "**H(x) · T + x · (1 − T)**" in text and "**F(x) + x**" in text and "**after the ReLU**" not in text

"""What an address asks for that a network has not."""

import pytest

from explorer.anatomy.of import anatomy_of
from explorer.networks.spec import parse_spec
from explorer.ui.architecture.asked import missing_in


@pytest.mark.parametrize(
    "selected, toggled, missing",
    [
        ("", "", []),
        ("layer2.0.conv1", "layer1,layer2.0", []),
        ("layer2.0", ",", []),
        ("layer9", "", ["layer9"]),
        ("conv1", "layer1,layer9,x", ["layer9", "x"]),
        ("nope", "nor this", ["nope", "nor this"]),
    ],
)
def test_what_is_missing_is_named(selected, toggled, missing):
    assert missing_in(anatomy_of(parse_spec("cifar/basic-20")), selected, toggled) == missing

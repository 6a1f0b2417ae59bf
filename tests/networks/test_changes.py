"""From one network to another: what is taken along, what is near, what differs from the defaults."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from network_strategies import specs

from explorer.networks.changes import alternatives, changed, differing, with_defaults
from explorer.networks.options import BLOCKS
from explorer.networks.spec import TorchvisionSpec, parse_spec, standard_depths

STEMS_AND_BLOCKS = [(stem, block) for stem in ("cifar", "imagenet") for block in BLOCKS if (stem, block) != ("cifar", "vgg")]


@given(st.sampled_from(STEMS_AND_BLOCKS), st.sampled_from(STEMS_AND_BLOCKS), st.sampled_from([0, -1]))
def test_every_block_can_be_reached_from_every_other(start, goal, which):
    spec = parse_spec(f"{start[0]}/{start[1]}-{standard_depths(*start)[which]}")
    moved = changed(changed(spec, "stem", goal[0]), "block", goal[1])
    assert (moved.stem, moved.block) == goal
    assert parse_spec(moved.text) == moved


@given(specs())
def test_the_defaults_differ_in_nothing_and_one_option_in_itself_alone(spec):
    usual = with_defaults(spec)
    assert (usual.stem, usual.block) == (spec.stem, spec.block) and not differing(usual)
    assert "?" not in usual.text
    assert {option.key for option in differing(spec)} == {part.partition("=")[0] for part in spec.text.partition("?")[2].split("&") if part}


def test_torchvision_and_back():
    spec = changed(parse_spec("cifar/plain-20"), "stem", "torchvision")
    assert spec == TorchvisionSpec("resnet50")
    assert changed(spec, "model", "vgg16") == TorchvisionSpec("vgg16")
    assert changed(spec, "stem", "imagenet").text == "imagenet/bottleneck-50"


# Any text, and texts that look like networks.
NAMES = st.from_regex(r"(cifar|imagenet|torchvision|x)/([a-z?-]{1,6}|basic|plain|vgg|highway)-[0-9]{0,10}(\?[a-z=0-9-]*)?", fullmatch=True)


@given(st.text(max_size=40) | NAMES)
def test_alternatives_can_always_be(text):
    near = alternatives(text)
    assert near == tuple(parse_spec(network).text for network in near)


@pytest.mark.parametrize(
    "text, near",
    [("cifar/basic-57", ("cifar/basic-56", "cifar/basic-62")), ("imagenet/BASIC-1", ("imagenet/basic-18",)),
     ("cifar/basic-20?colour=3", ("cifar/basic-20",)), ("cifar/basic-20?blocks=0-0-0", ("cifar/basic-20",)),
     *[(nothing_near, ()) for nothing_near in (
         "bananas", "", "cifar/foo-20", "cifar/vgg-16", "imagenet/x?-34", "cifar/basic--20", "cifar/basic-9999999999", "torchvision/resnet-18")]],
)
def test_what_is_near_has_the_same_stem_and_block(text, near):
    assert alternatives(text) == near

"""The one name of a network: its text form, its defaults, and what is refused in which words."""

import pickle
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from network_strategies import specs

from explorer.networks.depths import counts_of, depth_of
from explorer.networks.options import BLOCKS
from explorer.networks.spec import (
    NetworkSpec,
    SpecError,
    TorchvisionSpec,
    nearest_depths,
    options,
    parse_spec,
    possible_depths,
    standard_depths,
)

STEMS_AND_BLOCKS = [("imagenet", block) for block in BLOCKS] + [("cifar", block) for block in BLOCKS if block != "vgg"]


@given(specs())
def test_the_text_of_every_network_reads_back_to_an_equal_one(spec):
    assert parse_spec(spec.text) == spec
    assert hash(parse_spec(spec.text)) == hash(spec)
    assert parse_spec(spec.text).text == spec.text == str(spec)


@given(specs(), st.randoms(use_true_random=False))
def test_order_of_keys_case_and_defaults_written_out_do_not_matter(spec, random):
    fields = {key: value for key, value in spec.model_dump().items()
              if value is not None and key not in ("stem", "block", "depth")}
    parts = [f"{key}={'-'.join(map(str, value)) if key == 'blocks' else value}" for key, value in fields.items()]
    random.shuffle(parts)
    text = f"{spec.stem}/{spec.block}-{spec.depth}?{'&'.join(parts)}"
    assert parse_spec(f" {text.upper()} ").text == spec.text


@given(st.one_of(st.text(max_size=80), st.from_regex(r"(cifar|imagenet|torchvision)/[a-z0-9-]+(\?[a-z_0-9=&.-]*)?")))
def test_any_other_text_is_refused_with_a_sentence(text):
    try:
        spec = parse_spec(text)
    except SpecError as error:
        assert str(error).endswith(".") and str(error).isprintable() and len(str(error)) < 300
    else:
        assert parse_spec(spec.text) == spec


@pytest.mark.parametrize("given_text, canonical", [
    ("cifar/plain-56", "cifar/plain-56"),
    ("imagenet/bottleneck-152?stride=1x1&shortcut=B", "imagenet/bottleneck-152"),
    ("imagenet/basic-34?shortcut=C", "imagenet/basic-34?shortcut=C"),
    ("imagenet/basic-34?blocks=3-4-6-3", "imagenet/basic-34"),
    ("imagenet/basic-36?blocks=3-4-7-3", "imagenet/basic-36?blocks=3-4-7-3"),
    ("cifar/highway-32?gate_bias=-2.0", "cifar/highway-32?gate_bias=-2"),
    ("cifar/highway-19?blocks=5-6-6", "cifar/highway-19?blocks=5-6-6"),
    ("cifar/basic-20?channels=1&width=8", "cifar/basic-20?width=8&channels=1"),
    ("cifar/basic-020?zero_init=1&dropout=.10", "cifar/basic-20?zero_init=true&dropout=0.1"),
    ("imagenet/vgg-16?norm=none&dropout=0.5", "imagenet/vgg-16"),
    ("torchvision/ResNet50", "torchvision/resnet50"),
])
def test_canonical_text(given_text, canonical):
    assert parse_spec(given_text).text == canonical


@pytest.mark.parametrize("text, title, family", [
    ("cifar/plain-20", "Plain-20", "plain"),
    ("cifar/basic-56", "Residual-56", "residual"),
    ("cifar/bottleneck-164", "Residual-164 (bottleneck)", "residual"),
    ("imagenet/basic-34", "ResNet-34", "residual"),
    ("imagenet/bottleneck-50", "ResNet-50", "residual"),
    ("cifar/preact-110", "Pre-activation-110", "preactivation"),
    ("imagenet/preact-bottleneck-200", "Pre-activation-200", "preactivation"),
    ("cifar/highway-32", "Highway-32", "highway"),
    ("imagenet/vgg-19", "VGG-19", "vgg"),
    ("torchvision/vit_b_16", "vit_b_16 (torchvision)", "torchvision"),
])
def test_title_and_family(text, title, family):
    spec = parse_spec(text)
    assert (spec.title, spec.family) == (title, family)


def test_defaults_are_those_of_the_papers():
    cifar, imagenet = parse_spec("cifar/basic-20"), parse_spec("imagenet/bottleneck-50")
    assert (cifar.shortcut, cifar.width, cifar.input, cifar.channels, cifar.classes) == ("A", 16, 32, 3, 10)
    assert (imagenet.shortcut, imagenet.width, imagenet.input, imagenet.channels) == ("B", 64, 224, 3)
    assert imagenet.classes == 1000
    assert (cifar.norm, cifar.init, cifar.zero_init, cifar.dropout) == ("batch", "he", False, 0)
    assert (cifar.stride, imagenet.stride, cifar.gate_bias) == (None, "1x1", None)
    assert parse_spec("imagenet/vgg-16").norm == "none"
    assert parse_spec("imagenet/vgg-19").stage_widths == (64, 128, 256, 512, 512)


@pytest.mark.parametrize("text, counts", [
    ("cifar/basic-20", (3, 3, 3)), ("cifar/basic-1202", (200, 200, 200)), ("cifar/bottleneck-164", (18, 18, 18)),
    ("cifar/preact-bottleneck-1001", (111, 111, 111)), ("cifar/highway-32", (10, 10, 10)),
    ("imagenet/plain-18", (2, 2, 2, 2)), ("imagenet/basic-34", (3, 4, 6, 3)), ("imagenet/bottleneck-50", (3, 4, 6, 3)),
    ("imagenet/bottleneck-101", (3, 4, 23, 3)), ("imagenet/bottleneck-152", (3, 8, 36, 3)),
    ("imagenet/highway-34", (6, 8, 12, 6)), ("imagenet/vgg-16", (2, 2, 3, 3, 3)), ("imagenet/vgg-19", (2, 2, 4, 4, 4)),
])
def test_blocks_of_each_stage(text, counts):
    assert parse_spec(text).stage_blocks == counts


@pytest.mark.parametrize("text, words", [
    ("cifar/basic-57", "cifar/basic has no depth 57: its depths are 6n + 2 (3 stages of n blocks of 2 layers, the "
                       "first convolution and the classifier); nearest: 56 and 62."),
    ("cifar/basic-3", "nearest: 8."),
    ("cifar/basic-1208", "nearest: 1202."),
    ("cifar/bottleneck-110000", "nearest: 1199."),
    ("cifar/bottleneck-100", "its depths are 9n + 2"),
    ("cifar/highway-19", "nearest: 17 and 20."),
    ("imagenet/basic-50", "its depths are 18, 34, or any other block counts given with blocks=; nearest: 34."),
    ("imagenet/bottleneck-100", "nearest: 50 and 101."),
    ("imagenet/vgg-17", "nearest: 16 and 19."),
    ("imagenet/basic-50?blocks=3-4-6-3",
     "blocks=3-4-6-3 makes 34 layers, not 50: write imagenet/basic-34?blocks=3-4-6-3."),
    ("imagenet/basic-34?blocks=3-4-6", "imagenet/basic has 4 stages and blocks= needs 4 counts, such as 3-4-6-3."),
    ("cifar/basic-2?blocks=0-1-1", "give one count from 1 to 1200 for each stage"),
    ("cifar/basic-1802?blocks=300-300-300", "1,202 is the deepest"),
    ("cifar/plain-20?shortcut=A", "plain blocks have no shortcut: leave shortcut= out"),
    ("imagenet/basic-18?stride=3x3", "basic blocks have no stride: leave stride= out, or use bottleneck"),
    ("cifar/basic-20?gate_bias=-2", "basic blocks have no gate_bias"),
    ("cifar/highway-20?zero_init=1", "highway blocks have no zero_init"),
    ("cifar/basic-20?shortcut=D", "shortcut=d does not exist: use A, B or C."),
    ("cifar/basic-20?width=0", "use a whole number from 1 to 256."),
    ("cifar/basic-20?width=٣", "use a whole number from 1 to 256."),
    ("cifar/basic-20?dropout=nan", "use a number from 0 to 0.95."),
    ("cifar/basic-20?width=8&width=8", "width is given twice"),
    ("cifar/basic-20?widht=8", 'There is no option "widht": use shortcut, stride,'),
    ("cifar/basic-20?width", '"width" is no option: write key=value'),
    ("imagenet/vgg-16?input=16", "too small for VGG"),
    ("cifar/vgg-16", "write imagenet/vgg-16"),
    ("cifar/resnet-20", 'There is no block "resnet": use plain, basic,'),
    ("mnist/basic-20", 'There is no stem "mnist": use cifar, imagenet or torchvision'),
    ("cifar/basic-deep",
     "A depth is a whole number of layers, not deep: cifar/basic can have 20, 32, 44, 56, 110, 1202."),
    ("cifar/basic", "write <stem>/<block>-<depth>, such as cifar/basic-20."),
    ("", "write <stem>/<block>-<depth>"),
    ("torchvision/resnet51", 'no classification model "resnet51": try resnet50'),
    ("torchvision/resnet50?width=3", "takes no options"),
    ("torchvision/fasterrcnn_resnet50_fpn", "no classification model"),
    ("x" * 10_000, "A network is a short text"),
])
def test_what_cannot_be_is_refused_with_what_can(text, words):
    with pytest.raises(SpecError) as refusal:
        parse_spec(text)
    assert words in str(refusal.value)
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize("stem, block", STEMS_AND_BLOCKS)
def test_depths_and_block_counts_agree(stem, block):
    possible = possible_depths(stem, block)
    assert set(standard_depths(stem, block)) <= set(possible)
    assert all(depth_of(stem, block, counts_of(stem, block, depth)) == depth for depth in possible)
    assert list(possible) == sorted(possible) and possible[-1] <= 1202


@given(st.sampled_from(STEMS_AND_BLOCKS), st.integers(-10, 3000))
def test_nearest_depths_are_possible_and_nothing_is_nearer(stem_and_block, depth):
    nearest = nearest_depths(*stem_and_block, depth)
    possible = possible_depths(*stem_and_block)
    assert nearest and set(nearest) <= set(possible)
    assert min(abs(depth - d) for d in nearest) == min(abs(depth - d) for d in possible)
    between = [d for d in possible if min(nearest) < d < max(nearest)]
    assert not between and (nearest == (depth,)) == (depth in possible)


@pytest.mark.parametrize("stem, block", STEMS_AND_BLOCKS)
def test_every_value_offered_for_an_option_can_be(stem, block):
    depth = standard_depths(stem, block)[0]
    plain = NetworkSpec(stem=stem, block=block, depth=depth)
    offered = options(stem, block)
    assert list(offered) == [key for key in NetworkSpec.model_fields if key in offered]
    for key, values in offered.items():
        assert key == "blocks" or getattr(plain, key) in values
        for value in values:
            assert parse_spec(plain.variant(**{key: value}).text) == plain.variant(**{key: value})


def test_variants():
    spec = parse_spec("cifar/basic-56?shortcut=B&width=8")
    assert spec.variant(depth=20).text == "cifar/basic-20?shortcut=B&width=8"
    assert spec.variant(shortcut=None).text == "cifar/basic-56?width=8"
    assert spec.variant(block="plain", shortcut=None).text == "cifar/plain-56?width=8"
    assert spec.variant(blocks=(2, 2, 3)).text == "cifar/basic-16?shortcut=B&blocks=2-2-3&width=8"
    assert spec.variant(blocks=(2, 2, 3)).variant(depth=20).text == "cifar/basic-20?shortcut=B&width=8"
    assert spec.variant(stem="imagenet", depth=18).input == 224
    with pytest.raises(SpecError, match="plain blocks have no shortcut"):
        spec.variant(block="plain")
    with pytest.raises(SpecError, match="nearest: 56 and 62"):
        spec.variant(depth=57)


def test_specs_are_values():
    spec = NetworkSpec(stem="cifar", block="basic", depth=20, blocks=[3, 3, 3])
    assert spec == parse_spec("cifar/basic-20") and pickle.loads(pickle.dumps(spec)) == spec
    with pytest.raises(ValueError):
        spec.depth = 32
    with pytest.raises(SpecError):
        NetworkSpec(stem="cifar", block="basic", depth=20, colour="red")
    model = TorchvisionSpec(name="inception_v3")
    assert (model.input, model.channels, model.classes) == (299, 3, 1000)


def test_a_network_is_named_without_torch():
    check = ("import sys, explorer.networks.spec as spec; spec.parse_spec('torchvision/resnet18'); "
             "print('torch' in sys.modules)")
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, text=True).stdout == "False\n"

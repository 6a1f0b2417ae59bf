"""Trained networks judged with lesions: kept signals change nothing, and plans try what they say."""

from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F

from explorer.errors import BadInput
from explorer.lab.lesions import BATCH, Examination, kendall_tau, more_and_more, one_at_a_time, order_after, other_orders
from explorer.lab.trained import validation
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.lesions import Lesion, equal_shapes, lesioned
from explorer.vision.models import open_model

BLOCKS = tuple(f"layer{stage}.{number}" for stage in (1, 2, 3) for number in range(3))
GROUPS = (BLOCKS[:3], BLOCKS[4:6], BLOCKS[7:])


@pytest.fixture(scope="module")
def setting():
    """A fresh net on noise: two batches, the second not full."""
    net = build(parse_spec("cifar/basic-20?width=4&input=8"), seed=1).eval().requires_grad_(False)
    generator = torch.Generator().manual_seed(2)
    return net, torch.randn(BATCH + 20, 3, 8, 8, generator=generator), torch.randint(10, (BATCH + 20,), generator=generator)


def by_hand(net, images, labels):
    """As the whole net says it, batch by batch."""
    with torch.inference_mode():
        images = images.contiguous(memory_format=torch.channels_last)
        logits = torch.cat([net(some) for some in images.split(BATCH)])
    return (logits.argmax(1) != labels).float().mean().item(), F.cross_entropy(logits, labels).item()


@pytest.mark.parametrize("kept", [0, 1.5e5, 1e9])
@pytest.mark.parametrize("lesion", [
    Lesion(), Lesion(("layer1.0",)), Lesion(("layer3.2",)), Lesion(("layer2.0", "layer3.1")), Lesion(swapped=(("layer3.1", "layer3.2"),)),
    Lesion(("layer3.2",), (("layer1.0", "layer1.2"),)),
])  # fmt: skip
def test_what_is_kept_changes_nothing(setting, kept, lesion):
    net, images, labels = setting
    examination = Examination(net, images, labels, kept)
    assert sum(signal.nbytes for name, signals in examination.kept.items() if name for signal in signals) <= kept
    error, loss = by_hand(lesioned(net, lesion), images, labels)
    judged = examination.judge(lesion)
    assert (judged.error, judged.pictures, judged.undecided) == (pytest.approx(error), len(labels), 0)
    assert judged.loss == pytest.approx(loss, rel=1e-6)
    assert examination.intact == examination.judge(Lesion())


def test_signals_are_kept_where_they_fit_and_used_from_the_last_on(setting):
    net, images, labels = setting
    everywhere = Examination(net, images, labels, 1e9)
    assert [name for name in everywhere.kept if name] == list(BLOCKS[1:])
    assert everywhere._start(Lesion(("layer3.1", "layer2.2"))) == "layer2.2"
    assert everywhere._start(Lesion(("layer3.1",), (("layer1.0", "layer1.1"),))) == ""
    assert not [name for name in Examination(net, images, labels, 0).kept if name]


def test_an_examination_leaves_the_net_as_it_is(setting):
    net, images, labels = setting
    before, modules, chance = {name: one.clone() for name, one in net.state_dict().items()}, dict(net.named_modules()), torch.get_rng_state()
    Examination(net, images, labels).judge(Lesion(("layer2.1",), (("layer1.0", "layer1.1"),)))
    assert all(torch.equal(one, before[name]) for name, one in net.state_dict().items()) and dict(net.named_modules()) == modules
    assert not net.training and torch.equal(torch.get_rng_state(), chance)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())


def test_outputs_that_are_not_finite_count_as_wrong(setting):
    net, images, labels = setting
    images = images.clone()
    images[:5] = float("nan")
    judged = Examination(net, images, labels).intact
    assert judged.undecided == 5 and judged.loss != judged.loss
    with torch.inference_mode():
        rest = Examination(net, images[5:], labels[5:]).intact
    assert round(judged.error * len(labels)) == 5 + round(rest.error * (len(labels) - 5))


def test_the_shipped_plain_net_needs_every_block_and_the_residual_one_does_not():
    errors = {}
    for name in ("mnist-residual-20", "mnist-plain-20"):
        loaded = open_model(name)
        shown = validation(loaded, "mnist-5k", 100)
        examination = Examination(loaded.net, shown.images, shown.labels)
        errors[name] = [examination.judge(lesion).error for lesion in one_at_a_time(examination.blocks)]
        assert examination.intact.error <= 0.03
    assert min(errors["mnist-plain-20"]) > 0.6
    assert sum(error < 0.25 for error in errors["mnist-residual-20"]) >= 5


def test_unknown_blocks_are_refused(setting):
    with pytest.raises(BadInput, match='no block "layer4.0"'):
        Examination(*setting).judge(Lesion(("layer4.0",)))


def test_more_and_more_blocks_go_until_none_is_left():
    draws = more_and_more(BLOCKS, 4, seed=1)
    assert len(draws) == 4 and draws == more_and_more(BLOCKS, 4, seed=1) != more_and_more(BLOCKS, 4, seed=2)
    for draw in draws:
        assert [len(lesion.removed) for lesion in draw] == list(range(1, 10))
        assert all(set(one.removed) < set(next_one.removed) for one, next_one in pairwise(draw))
        assert draw[-1].removed == BLOCKS
    assert more_and_more((), 2) == ((), ())


def test_other_orders_are_all_different_and_stay_within_their_groups():
    orders = other_orders(GROUPS, 20, seed=3)
    found = [tuple(order_after(BLOCKS, lesion.swapped)) for lesion in orders]
    assert len(set(found)) == len(found) > 5 and BLOCKS not in found
    for order in found:
        assert all(a == b or any({a, b} <= set(group) for group in GROUPS) for a, b in zip(BLOCKS, order, strict=True))
    assert orders == other_orders(GROUPS, 20, seed=3) and other_orders((), 5) == ()
    assert equal_shapes(build(parse_spec("cifar/basic-20?width=4"), meta=True)) == GROUPS


def test_the_order_after_swaps_is_the_order_in_the_net(setting):
    net, _, _ = setting
    swapped = (("layer1.0", "layer1.1"), ("layer1.1", "layer1.2"), ("layer3.1", "layer3.2"))
    changed = lesioned(net, Lesion(swapped=swapped))
    weights = {id(net.get_submodule(name).conv1.weight): name for name in BLOCKS}
    assert [weights[id(changed.get_submodule(name).conv1.weight)] for name in BLOCKS] == order_after(BLOCKS, swapped)
    assert order_after(BLOCKS, swapped)[:3] == ["layer1.1", "layer1.2", "layer1.0"]


def test_kendalls_tau():
    assert kendall_tau("abcd", "abcd") == 1 and kendall_tau("abcd", "dcba") == -1
    assert kendall_tau("abcd", "bacd") == pytest.approx(1 - 2 / 6)
    assert kendall_tau("abc", "bca") == pytest.approx(-1 / 3)
    assert kendall_tau("a", "a") == 1

import math
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
import torch.nn.functional as F

from explorer.anatomy.of import anatomy_of
from explorer.data.images import batch_for
from explorer.errors import BadInput
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.flow import gradient_flow, measured_steps


def flow(text, steps=(0,), batch=16, **keywords):
    spec = parse_spec(text)
    images, labels = batch_for(spec, batch * (max(steps) + 1))
    return gradient_flow(spec, images, labels, steps=steps, batch=batch, **keywords)


def ratio(step):
    """The first convolution's gradient norm over the last one's (the classifier comes after it)."""
    return step.norms[0] / step.norms[-2]


def test_step_0_is_autograds_gradient_at_the_initialisation():
    spec = parse_spec("cifar/basic-8?width=4")
    images, labels = batch_for(spec, 8)
    net = build(spec, seed=5)
    weights = [value for name, value in net.named_parameters() if name.endswith("weight") and value.dim() > 1]
    loss = F.cross_entropy(net(images), labels)
    exact = [gradient.norm().item() for gradient in torch.autograd.grad(loss, weights)]
    result = gradient_flow(spec, images, labels, seed=5, steps=(0,), batch=8)
    assert result.network == spec.text and result.names[0] == "conv1" and result.kinds[-1] == "linear"
    assert result.steps[0].norms == pytest.approx(exact, rel=1e-4)
    assert result.steps[0].loss == pytest.approx(loss.item(), rel=1e-5)


def test_later_steps_follow_sgd_with_momentum_over_the_batches_in_turn():
    spec = parse_spec("cifar/plain-8?width=4&channels=1")
    images, labels = batch_for(spec, 16)
    net = build(spec)
    optimizer = torch.optim.SGD(net.parameters(), 0.05, 0.9)
    for step in range(4):
        at = slice(step % 2 * 8, step % 2 * 8 + 8)
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images[at]), labels[at])
        loss.backward()
        if step < 3:
            optimizer.step()
    result = gradient_flow(spec, images, labels, steps=(0, 3), batch=8, lr=0.05)
    assert [found.step for found in result.steps] == [0, 3]
    assert result.steps[1].loss == pytest.approx(loss.item(), rel=1e-3)
    assert result.steps[1].norms[0] == pytest.approx(net.conv1.weight.grad.norm().item(), rel=1e-2)


def test_a_deep_plain_net_with_bn_explodes_towards_the_input_until_the_first_step():
    """Measured on plain-110: 3.5e6 at the first convolution to 0.39 at the last; after one step the range collapses."""
    start, later = flow("cifar/plain-110?width=8&channels=1", steps=(0, 1)).steps
    assert 1e5 < ratio(start) < 1e9
    assert ratio(later) < ratio(start) / 1e3


def test_a_deep_residual_net_with_bn_stays_within_two_decades():
    """Measured on residual-110: 4.9 to 0.13."""
    assert 3 < ratio(flow("cifar/basic-110?width=8&channels=1").steps[0]) < 300


def test_a_deep_plain_net_without_bn_stays_within_two_decades():
    """Measured on plain-110: 9.5e-4 to 2e-3."""
    step = flow("cifar/plain-110?width=8&channels=1&norm=none").steps[0]
    assert 1e-2 < ratio(step) < 1e2 and max(step.norms[:-1]) < 1


def test_a_shallow_plain_net_does_not_explode():
    assert ratio(flow("cifar/plain-20?width=8&channels=1").steps[0]) < 30


def test_the_same_seed_gives_the_same_flow():
    assert flow("cifar/basic-8?width=4", seed=2) == flow("cifar/basic-8?width=4", seed=2)
    assert flow("cifar/basic-8?width=4", seed=2) != flow("cifar/basic-8?width=4", seed=3)


def test_what_is_no_number_any_more_is_kept_as_such():
    start, last = flow("cifar/basic-56?width=8&norm=none", steps=(0, 3), batch=4).steps
    assert math.isnan(last.loss) and all(map(math.isnan, (*last.norms[:-1], *last.signal_norms, *last.edge_norms[:-1])))
    assert all(map(math.isfinite, (start.loss, *start.norms, *start.signal_norms, *start.means, *start.stds, *start.edge_norms)))


def test_sizes_belong_to_the_weights_and_names_are_the_anatomys():
    result = flow("cifar/highway-8?width=4&shortcut=B", batch=4)
    anatomy = anatomy_of(parse_spec(result.network))
    net = build(parse_spec(result.network), meta=True)
    assert result.sizes == tuple(net.get_submodule(name).weight.numel() for name in result.names)
    assert result.activations == tuple(layer.name for layer in anatomy.layers if layer.kind == "relu")
    assert result.edges == tuple((edge.source, edge.target) for edge in anatomy.edges)


def test_each_result_has_one_step_more_and_the_last_is_the_whole():
    spec = parse_spec("cifar/plain-8?width=4")
    images, labels = batch_for(spec, 16)
    results = list(measured_steps(spec, images, labels, steps=(3, 0, 1), batch=4))
    assert [[step.step for step in result.steps] for result in results] == [[0], [0, 1], [0, 1, 3]]
    assert results[0].steps == results[1].steps[:1]
    assert results[-1] == gradient_flow(spec, images, labels, steps=(0, 1, 3), batch=4)


def test_two_threads_do_not_see_each_other():
    texts = ["cifar/plain-8?width=4", "cifar/basic-8?width=4"]
    alone = [flow(text, steps=(0, 2)) for text in texts]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda text: flow(text, steps=(0, 2)), texts)) == alone


@pytest.mark.parametrize(("steps", "batch"), [((), 4), ((-1,), 4), ((0,), 1), ((0,), 9)])
def test_impossible_steps_and_batches_are_refused(steps, batch):
    spec = parse_spec("cifar/basic-8?width=4")
    with pytest.raises(BadInput):
        measured_steps(spec, *batch_for(spec, 8), steps=steps, batch=batch)


@pytest.mark.parametrize("text", ["cifar/basic-8?width=4&dropout=0.5", "torchvision/efficientnet_b0"])
def test_what_is_dropped_at_random_in_training_is_not_dropped_here(text):
    state = torch.get_rng_state()
    first = flow(text, batch=2)
    assert torch.equal(torch.get_rng_state(), state)
    assert flow(text, batch=2) == first

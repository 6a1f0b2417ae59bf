"""Each operator's formula against PyTorch's own counter, or against arithmetic by hand."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from explorer.anatomy.costs import Cost, cost, kind_of

small = st.integers(1, 6)


def flops(function):
    with FlopCounterMode(display=False) as counter:
        function()
    return counter.get_total_flops()


@settings(deadline=None, max_examples=40)
@given(groups=small, inputs=small, outputs=small, kernel=st.integers(1, 5), stride=st.integers(1, 3), size=st.integers(5, 12))
def test_convolution(groups, inputs, outputs, kernel, stride, size):
    x = torch.empty(1, groups * inputs, size, size)
    weight = torch.empty(groups * outputs, inputs, kernel, kernel)
    out = F.conv2d(x, weight, stride=stride, groups=groups)
    counted = cost("conv2d", (tuple(x.shape), tuple(weight.shape), None, stride), {"groups": groups}, tuple(out.shape))
    assert 2 * counted.macs == flops(lambda: F.conv2d(x, weight, stride=stride, groups=groups))
    assert counted.elementwise == 0


@settings(deadline=None, max_examples=40)
@given(batch=small, tokens=small, inputs=small, outputs=small)
def test_linear_and_its_bias(batch, tokens, inputs, outputs):
    x, weight = torch.empty(batch, tokens, inputs), torch.empty(outputs, inputs)
    counted = cost("linear", (tuple(x.shape), tuple(weight.shape), (outputs,)), {}, (batch, tokens, outputs))
    assert 2 * counted.macs == flops(lambda: F.linear(x, weight))
    assert counted.elementwise == batch * tokens * outputs


@settings(deadline=None, max_examples=40)
@given(batch=small, n=small, k=small, m=small)
def test_matrix_products(batch, n, k, m):
    a, b = torch.empty(batch, n, k), torch.empty(batch, k, m)
    product = flops(lambda: a @ b)
    assert 2 * cost("matmul", (a.shape, b.shape), {}, (batch, n, m)).macs == product
    assert 2 * cost("einsum", ("b n k, b k m -> b n m", a.shape, b.shape), {}, (batch, n, m)).macs == product


@settings(deadline=None, max_examples=40)
@given(heads=small, tokens=small, width=small)
def test_attention(heads, tokens, width):
    q = torch.empty(1, heads, tokens, width, device="meta")
    counted = cost("scaled_dot_product_attention", (tuple(q.shape),) * 3, {}, tuple(q.shape))
    assert 2 * counted.macs == flops(lambda: F.scaled_dot_product_attention(q, q, q))


def test_multi_head_attention_is_four_projections_and_its_heads():
    x, width, heads = (5, 1, 12), 12, 3  # tokens, batch, width
    arguments = (x, x, x, width, heads, (36, 12), (36,))
    assert cost("multi_head_attention_forward", arguments, {}, x) == Cost(
        macs=4 * 5 * 12 * 12 + 2 * 3 * 5 * 5 * 4, elementwise=4 * 5 * 12 + 6 * 3 * 5 * 5)


def test_elementwise_work():
    shape = (1, 8, 6, 6)
    values = 8 * 6 * 6
    assert cost("batch_norm", (shape, (8,), (8,)), {}, shape) == Cost(0, 2 * values)
    assert cost("relu", (shape,), {}, shape) == Cost(0, values)
    assert cost("add", (shape, shape), {}, shape) == Cost(0, values)
    assert cost("max_pool2d", (shape, 3), {"stride": 2}, (1, 8, 2, 2)) == Cost(0, 8 * 2 * 2 * 8)
    assert cost("avg_pool2d", (shape, (2, 3)), {}, (1, 8, 3, 2)) == Cost(0, 8 * 3 * 2 * 6)
    assert cost("adaptive_avg_pool2d", (shape, 1), {}, (1, 8, 1, 1)) == Cost(0, values)
    assert cost("adaptive_avg_pool2d", (shape, 4), {}, (1, 8, 4, 4)) == Cost(0, 8 * (4 * 2) ** 2)  # windows overlap
    assert cost("flatten", (shape, 1), {}, (1, values)) == Cost()
    assert cost("normalize", (shape,), {"dim": 1}, shape) == Cost(0, 3 * values + 2 * 6 * 6)


def test_an_unknown_operator_has_its_own_name_and_no_cost():
    assert kind_of("batch_norm") == "bn"
    assert kind_of("fft_") == "fft"
    assert cost("fft", ((1, 2),), {}, (1, 2)) is None
    assert cost("einsum", ("ab,bc,cd->ad", (1, 2), (2, 3), (3, 4)), {}, (1, 4)) is None

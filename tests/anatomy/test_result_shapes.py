"""Every rule for a result's shape against the operator itself."""

import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from explorer.anatomy.shapes import result_shape

sizes = st.integers(1, 9)


@settings(deadline=None, max_examples=40)
@given(inputs=st.integers(1, 4), outputs=st.integers(1, 4), groups=st.integers(1, 3), height=sizes, width=sizes,
       kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)), stride=st.integers(1, 3), padding=st.integers(0, 3),
       dilation=st.integers(1, 2))
def test_convolution(inputs, outputs, groups, height, width, kernel, stride, padding, dilation):
    assume(all(size + 2 * padding >= dilation * (k - 1) + 1 for size, k in zip((height, width), kernel)))
    x, weight = torch.empty(2, groups * inputs, height, width), torch.empty(groups * outputs, inputs, *kernel)
    out = F.conv2d(x, weight, None, stride, padding, dilation, groups)
    arguments = (tuple(x.shape), tuple(weight.shape), None, stride, padding, dilation, groups)
    assert result_shape("conv2d", arguments, {}) == tuple(out.shape)


@settings(deadline=None, max_examples=40)
@given(height=sizes, width=sizes, kernel=st.integers(1, 4), stride=st.integers(1, 3) | st.none(), padding=st.integers(0, 2))
def test_max_pool(height, width, kernel, stride, padding):
    assume(2 * padding <= kernel and min(height, width) + 2 * padding >= kernel)
    x = torch.empty(1, 3, height, width)
    out = F.max_pool2d(x, kernel, stride, padding)
    assert result_shape("max_pool2d", (tuple(x.shape), kernel, stride, padding), {}) == tuple(out.shape)


@settings(deadline=None, max_examples=40)
@given(size=sizes, out=st.integers(1, 4))
def test_adaptive_pool_and_linear(size, out):
    x = torch.empty(1, 3, size, size)
    assert result_shape("adaptive_avg_pool2d", (tuple(x.shape), out), {}) == tuple(F.adaptive_avg_pool2d(x, out).shape)
    assert result_shape("linear", ((2, 5, size), (out, size)), {}) == (2, 5, out)


def test_pointwise_results_have_their_inputs_shape():
    shape = (1, 4, 5, 5)
    assert result_shape("batch_norm", (shape, (4,), (4,)), {}) == shape
    assert result_shape("add", (shape, shape), {}) == result_shape("rsub", (shape, 1), {}) == shape


def test_dropout_makes_a_new_tensor_where_a_training_does():
    shape = (1, 4, 5, 5)
    assert result_shape("dropout", (shape, 0.5, False), {}) == shape
    assert result_shape("dropout", (shape, 0.0), {}) is None
    assert result_shape("dropout", (shape, 0.5, False, True), {}) is None  # in place


def test_what_does_not_fit_is_left_to_pytorch_which_says_why():
    assert result_shape("conv2d", ((1, 3, 2, 2), (8, 3, 3, 3)), {}) is None
    assert result_shape("max_pool2d", ((1, 3, 1, 1), 2), {}) is None
    assert result_shape("batch_norm", ((1, 4, 5, 5), (3,), (3,)), {}) is None
    assert result_shape("batch_norm", ((1, 4, 5, 5), (4,), (4,)), {}) == (1, 4, 5, 5)


def test_what_no_rule_covers_is_left_to_pytorch():
    shape = (1, 4, 5, 5)
    assert result_shape("gelu", (shape,), {}) is None
    assert result_shape("relu", (shape,), {"inplace": True}) is None  # the result is the input itself
    assert result_shape("relu", (shape, True), {}) is None
    assert result_shape("add", (shape, (4, 1, 1)), {}) is None  # broadcasting
    assert result_shape("mul", (2.0, shape), {}) is None
    assert result_shape("max_pool2d", (shape, 2), {"return_indices": True}) is None
    assert result_shape("conv2d", (shape, (8, 3, 3, 3)), {}) is None  # PyTorch says what is wrong

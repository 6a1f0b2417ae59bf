"""Which edges are shortcuts, on graphs small enough to draw."""

from explorer.anatomy.shortcuts import shortcut_edges


def shortcuts(*layers):
    """Layers as (name, kind, inputs); the shortcut edges by names."""
    number = {name: i for i, (name, _, _) in enumerate(layers)}
    kinds = [kind for _, kind, _ in layers]
    inputs = [[number[name] for name in sources.split()] for _, _, sources in layers]
    names = list(number)
    found = shortcut_edges(kinds, [kind == "conv" for kind in kinds], inputs)
    return {f"{names[source]}-{names[target]}" for source, target in found}


def test_identity():
    assert shortcuts(("x", "input", ""), ("a", "conv", "x"), ("b", "conv", "a"), ("y", "add", "b x")) == {"x-y"}


def test_projection_is_the_branch_of_fewer_convolutions():
    assert shortcuts(("x", "input", ""), ("p", "conv", "x"), ("n", "bn", "p"), ("a", "conv", "x"), ("b", "conv", "a"),
                     ("y", "add", "b n")) == {"x-p", "p-n", "n-y"}


def test_padding_is_followed_back_to_where_the_branches_part():
    assert shortcuts(("w", "input", ""), ("x", "conv", "w"), ("s", "slice", "x"), ("p", "pad", "s"), ("a", "conv", "x"),
                     ("y", "add", "a p")) == {"x-s", "s-p", "p-y"}


def test_the_carried_part_of_a_highway():
    assert shortcuts(("x", "input", ""), ("h", "conv", "x"), ("t", "conv", "x"), ("ht", "mul", "h t"), ("c", "sub", "t"),
                     ("xc", "mul", "x c"), ("y", "add", "ht xc")) == {"x-xc", "xc-y"}


def test_a_squeeze_and_excite_gate_is_no_shortcut():
    assert shortcuts(("x", "conv", ""), ("p", "avgpool", "x"), ("g", "conv", "p"), ("y", "mul", "x g")) == set()


def test_parallel_branches_of_equal_length_are_not():
    branches = ("x", "input", ""), ("a", "conv", "x"), ("b", "conv", "x")
    assert shortcuts(*branches, ("y", "add", "a b")) == set()
    assert shortcuts(*branches, ("y", "cat", "a b")) == set()


def test_dense_connections():
    assert shortcuts(("x", "input", ""), ("a", "conv", "x"), ("c", "cat", "x a"), ("b", "conv", "c"),
                     ("y", "cat", "x a b")) == {"x-c", "x-y", "a-y"}


def test_chained_blocks():
    assert shortcuts(("x", "input", ""), ("a", "conv", "x"), ("y", "add", "a x"), ("b", "conv", "y"),
                     ("z", "add", "b y")) == {"x-y", "y-z"}

"""Which depths a block type can have, and how a depth divides into blocks. A depth counts weighted layers."""

from explorer.networks.options import BOTTLENECKS, SpecError

MAX_DEPTH = 1202

# The paper's table 1; ResNet-200 is of 1603.05027, section 5.
_IMAGENET_TWO_LAYERS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}
_IMAGENET_THREE_LAYERS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3), 200: (3, 24, 36, 3)}
# Gated layers are counted singly: as many in each stage as the two-layer blocks have.
_IMAGENET_ONE_LAYER = {depth: tuple(2 * n for n in counts) for depth, counts in _IMAGENET_TWO_LAYERS.items()}
_VGG = {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}  # 1409.1556, table 1, columns D and E

_CIFAR_NAMED = {
    1: (20, 32, 56, 110),
    2: (20, 32, 44, 56, 110, 1202),  # the paper, table 6
    3: (20, 29, 47, 56, 110, 164, 1001),  # 1603.05027, table 2, and shallower ones
}


def standard_depths(stem: str, block: str) -> tuple[int, ...]:
    """The depths with a name in the literature, for controls; `possible_depths` has all."""
    return _CIFAR_NAMED[layers_per_block(block)] if stem == "cifar" else possible_depths(stem, block)


def possible_depths(stem: str, block: str) -> tuple[int, ...]:
    """Every depth, ascending, that needs no `blocks=` of its own."""
    if stem == "cifar":
        step = 3 * layers_per_block(block)
        return tuple(range(step + 2, MAX_DEPTH + 1, step))
    return tuple(_imagenet_table(block))


def nearest_depths(stem: str, block: str, depth: int) -> tuple[int, ...]:
    """The possible depth itself, or the nearest below and above (one of them at either end)."""
    possible = possible_depths(stem, block)
    if depth in possible:
        return (depth,)
    below = [d for d in possible if d < depth][-1:]
    above = [d for d in possible if d > depth][:1]
    return tuple(below + above)


def depth_rule(stem: str, block: str) -> str:
    """The depths that can be, in words: `6n + 2 (3 stages of n blocks of 2 layers, ...)`."""
    layers = layers_per_block(block)
    each = "1 layer" if layers == 1 else f"{layers} layers"
    if stem == "cifar":
        return f"{3 * layers}n + 2 (3 stages of n blocks of {each}, the first convolution and the classifier)"
    return f"{', '.join(map(str, possible_depths(stem, block)))}, or any other block counts given with blocks="


def counts_of(stem: str, block: str, depth: int) -> tuple[int, ...]:
    """Blocks in each stage of a possible depth; raises `SpecError` that names the nearest depths."""
    if depth not in possible_depths(stem, block):
        nearest = " and ".join(map(str, nearest_depths(stem, block, depth)))
        rule = f"its depths are {depth_rule(stem, block)}"
        raise SpecError(f"{stem}/{block} has no depth {depth}: {rule}; nearest: {nearest}.")
    if stem == "cifar":
        return (depth // (3 * layers_per_block(block)),) * 3
    return _imagenet_table(block)[depth]


def depth_of(stem: str, block: str, counts: tuple[int, ...]) -> int:
    """Depth of given block counts; raises `SpecError` for a wrong number of stages or too deep a net."""
    stages = len(counts_of(stem, block, possible_depths(stem, block)[0]))
    if len(counts) != stages:
        example = "-".join(map(str, counts_of(stem, block, possible_depths(stem, block)[-1])))
        raise SpecError(f"{stem}/{block} has {stages} stages and blocks= needs {stages} counts, such as {example}.")
    depth = sum(counts) * layers_per_block(block) + (3 if block == "vgg" else 2)
    if depth > MAX_DEPTH:
        raise SpecError(f"These block counts make {depth:,} layers: {MAX_DEPTH:,} is the deepest this tool builds.")
    return depth


def layers_per_block(block: str) -> int:
    """Weighted layers of one block on its main path."""
    return 3 if block in BOTTLENECKS else 1 if block in ("highway", "vgg") else 2


def _imagenet_table(block):
    if block == "vgg":
        return _VGG
    return {1: _IMAGENET_ONE_LAYER, 2: _IMAGENET_TWO_LAYERS, 3: _IMAGENET_THREE_LAYERS}[layers_per_block(block)]

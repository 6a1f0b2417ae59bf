"""Which edges of a network are shortcuts. Pure functions on the order of computation; imports no torch.

Layers are numbered in the order of computation and `inputs[i]` has the numbers that layer i reads.
"""

Inputs = list[list[int]]


def shortcut_edges(kinds: list[str], weighted: list[bool], inputs: Inputs) -> set[tuple[int, int]]:
    """The edges (source, target) on ways that go around weighted layers and come back in a sum or a concatenation.

    Of a sum's two branches, the one with fewer weighted layers since the start is the shortcut, from where the
    branches part: identity, padding or projection, a highway's carried part too. A concatenation's shortcuts are those
    of its inputs that another input was computed from, as in a DenseNet.
    """
    lengths = _weighted_layers_before(weighted, inputs)
    ancestors = _ancestors(inputs)
    found = set()
    for merge, sources in enumerate(inputs):
        if kinds[merge] == "add" and len(sources) == 2:
            around, through = sorted(sources, key=lambda source: lengths[source])
            if lengths[around] < lengths[through]:
                found.update(_way_back(around, merge, ancestors[through] | 1 << through, lengths, inputs))
        elif kinds[merge] == "cat":
            found.update((a, merge) for a in sources if any(ancestors[b] >> a & 1 for b in sources))
    return found


def _way_back(layer, target, through, lengths, inputs):
    """The edges from `target` back over `layer` to the first layer that the other branch comes from too."""
    edges = [(layer, target)]
    while not through >> layer & 1 and inputs[layer]:
        source = min(inputs[layer], key=lambda source: lengths[source])
        edges.append((source, layer))
        layer = source
    return edges


def _weighted_layers_before(weighted, inputs):
    """For every layer the weighted layers on the shortest way to it, itself included."""
    lengths = []
    for is_weighted, sources in zip(weighted, inputs):
        lengths.append(min((lengths[source] for source in sources), default=0) + is_weighted)
    return lengths


def _ancestors(inputs):
    """For every layer the set of all layers it was computed from, as the bits of a number."""
    ancestors = []
    for sources in inputs:
        bits = 0
        for source in sources:
            bits |= ancestors[source] | 1 << source
        ancestors.append(bits)
    return ancestors

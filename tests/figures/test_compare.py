"""Bars of costs: what is drawn is what was given, in its order."""

from explorer.figures.colours import FAMILY_COLOURS
from explorer.figures.compare import Costs, compared_bars

PLAIN = Costs("Plain-34", "plain", 21_623_848, 3_644_493_824, 44_160_928, 1_268_010_728)
RESIDUAL = Costs("ResNet-34", "residual", 21_797_672, 3_663_761_408, 51_085_216, 1_292_589_824)


def test_bars_are_the_costs_in_the_given_order():
    figure = compared_bars([PLAIN, RESIDUAL], step="a step on 32 images")
    assert [list(trace.x) for trace in figure.data] == [[getattr(net, what) for net in (PLAIN, RESIDUAL)]
                                                        for what in ("params", "macs", "activation_bytes", "peak_bytes")]
    assert all(list(trace.y) == ["Plain-34", "ResNet-34"] for trace in figure.data)
    assert all(list(trace.marker.color) == [FAMILY_COLOURS["plain"], FAMILY_COLOURS["residual"]] for trace in figure.data)
    titles = [figure.layout[f"xaxis{column or ''}"].title.text for column in ("", 2, 3, 4)]
    assert titles == ["Parameters", "MACs", "Activations of one image", "Peak memory of a step on 32 images"]
    assert figure.layout.yaxis.autorange == "reversed"  # the first on top


def test_flops_are_twice_the_macs():
    bars = compared_bars([PLAIN], "FLOPs").data[1]
    assert bars.name == "FLOPs" and list(bars.x) == [2 * PLAIN.macs]

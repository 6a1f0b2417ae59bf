"""What a heat is and what is seen in it, in sentences made from the values that are drawn."""

from collections.abc import Sequence

from explorer.ui.classify.heat.controls import SIGNS, Asked, per_unit, unit_of
from explorer.ui.classify.heat.measured import Measured
from explorer.ui.format import minus, percent, plain
from explorer.vision.explain.heat import half_area, hottest, pairs

IDEAS = {
    "gradcam": "**Grad-CAM** ([Selvaraju et al. 2017](https://arxiv.org/abs/1610.02391)): every feature map of the layer is weighted by "
               "how much the class's score (its logit) rises with it, on average over the map; the sum of the maps is the heat. It is as "
               "coarse as the layer's maps are, and what looks finer is drawn between their places.",
    "occlusion": "**Occlusion** ([Zeiler and Fergus 2013](https://arxiv.org/abs/1311.2901)): a window is covered, the network is asked "
                 "again, and so on over the whole picture. The heat is what the class loses by it, in points of probability or in logits, "
                 "on average over the windows that cover a place. Where a network is nearly certain, its logits tell more. It asks the "
                 "network alone, and takes one pass for each window.",
}  # fmt: skip
# Grad-CAM's logits are not of one size in two networks; a point of probability is a point.
OWN_SCALES = "Each figure has a scale of its own: compare where the heat lies, not how much of it there is."
ONE_SCALE = {
    "gradcam": "All figures have one scale, though a logit need not mean the same in two networks.",
    "occlusion": "All figures have one scale.",
}
DOWN, ACROSS = ("top", "middle", "bottom"), ("left", "centre", "right")


def seen(found: Sequence[Measured], asked: Asked) -> list[str]:
    """A sentence or two on each network, and how alike the heats of every two are; Markdown."""
    said = [" ".join(_of(one, asked)) for one in found]
    alike = pairs([one.heat.values for one in found], [one.prepared.box for one in found])
    if alike:
        told = "; ".join(f"{plain(found[a].name)} and {plain(found[b].name)} {minus(format(like, '.2f'))}" for a, b, like in alike)
        said.append("How alike the heats are, as their correlation over what both saw (1: the same places; 0: nothing in common; −1: where "
                    f"one is hot, the other is cold): {told}.")  # fmt: skip
    if len(found) > 1:
        said.append(ONE_SCALE[asked.method] if asked.common else OWN_SCALES)
    return said


def _of(one: Measured, asked: Asked) -> list[str]:
    said = [f"**{plain(one.name)}** gives {plain(one.label)} a probability of {percent(one.heat.probability)}."]
    if one.lacks_class:
        said.append(f"It does not know {plain(asked.label)}: shown is its own answer.")
    if one.lacks_layer:
        said.append(f"It has no layer {plain(asked.layer)}: shown is its last one.")
    if one.layer:
        said.append(f"Its {plain(one.layer.name)} has {one.layer.height} × {one.layer.width} places.")
    return said + [_spread(one)] + ([_change(one, asked)] if asked.method == "occlusion" else [_against(one)] if asked.signed else [])


def _spread(one: Measured) -> str:
    area, peak = half_area(one.heat.values), hottest(one.heat.values)
    if area is None or peak is None:
        return "Nothing in what it gets speaks for that class here: no value is above 0."
    return f"Half of what speaks for it lies on {percent(area)} of what it gets; it is hottest at the {_place(*peak)}."


def _place(across: float, down: float) -> str:
    """A ninth of the picture, by name."""
    words = DOWN[min(2, int(3 * down))], ACROSS[min(2, int(3 * across))]
    return "centre" if words == ("middle", "centre") else " ".join(words)


def _change(one: Measured, asked: Asked) -> str:
    """What covering costs at the ends of the scale; each value is a mean over the windows that cover its place."""
    highest, lowest = float(one.heat.values.max()), float(one.heat.values.min())
    if highest > 0:
        lost = f"At its hottest place the class loses {_amount(highest, asked)} {unit_of(asked)}, on average over the windows that cover it"
        return lost + (f"; at its coldest it gains {_gained(lowest, asked)}." if lowest < 0 else ", and no place gains it any.")
    if lowest < 0:
        return f"At no place does covering cost the class anything; at its coldest it gains {_gained(lowest, asked)}."
    return "Covering changes nothing for the class."


def _gained(lowest: float, asked: Asked) -> str:
    gained = f"{_amount(-lowest, asked)} {unit_of(asked)}"
    return gained if asked.signed else f"{gained}, which is not drawn: choose *{SIGNS['both']}* to see where"


def _amount(value: float, asked: Asked) -> str:
    shown = value * per_unit(asked)
    return "less than 0.1" if 0 < shown < 0.05 else f"{shown:.1f}"


def _against(one: Measured) -> str:
    share = float((one.heat.values < 0).mean())
    return f"{percent(share)} of the places speak against it." if share else "No place speaks against it."

"""The compared networks, drawn side by side: what differs from the reference marked, and what is selected in one of them
lit up in all the others."""

from collections.abc import Mapping
from functools import lru_cache, partial

import streamlit as st

from explorer.anatomy.alignment import align
from explorer.anatomy.diff import Difference, changes_between
from explorer.anatomy.layers import Anatomy, Layer
from explorer.figures import detail
from explorer.ui.anatomies import graph
from explorer.ui.compare.state import MOST, Comparison, toggled
from explorer.ui.components.network_view import NetworkEvent, network_view
from explorer.ui.format import plain
from explorer.ui.url import choice, param, set_params

HEIGHTS = (480, 680)


@st.fragment
def show_drawings(comparison: Comparison, anatomies: Mapping[str, Anatomy | str], found: Mapping[str, Difference], unit: str) -> None:
    """A drawing for each network, or why there is none; `found` has the others' differences from the reference.

    What a reader does in one of them runs this part of the page only.
    """
    drawn, labels = comparison.drawn, comparison.labels
    place, name = _selected(len(drawn))
    nets = [anatomies[spec.text] for spec in drawn]
    twins = [_twin(nets[place], net, name) if index != place else name for index, net in enumerate(nets)] if name else [""] * len(nets)
    for index, (column, spec) in enumerate(zip(st.columns(len(drawn), gap="small"), drawn)):
        with column:
            if isinstance(nets[index], str):
                st.error(plain(nets[index], most=600))
                continue
            marks = found[spec.text].after if spec.text in found else combined_marks(found, labels)
            network_view(
                graph(spec.text, unit),
                f"compared {index + 1}",
                detail=choice("detail", detail.DETAILS, detail.DEFAULT),
                toggled=tuple(param(toggled(index)).split(",")),
                selected=twins[index],
                marks=marks if found else None,
                link="compared",
                flow="column",
                heights=HEIGHTS,
                label=f"{labels[spec.text]}, drawn",
                on_event=partial(_heard, index),
            )
    if name:
        _tell_twins(comparison, nets, place, twins)


def combined_marks(found: Mapping[str, Difference], labels: Mapping[str, str]) -> dict:
    """The marks of the reference: what of it any other network lacks or has otherwise, and which."""
    layers: dict[str, list[str]] = {}
    edges = {}
    for text, difference in found.items():
        for name, (sign, said) in difference.before["layers"].items():
            told = f"{labels[text]}: {said}" if sign == "changed" else f"not in {labels[text]}"
            known = layers.get(name)
            layers[name] = ["changed" if known and known[0] != sign else sign, f"{known[1]}; {told}" if known else told]
        edges |= {(source, target): [source, target, sign] for source, target, sign in difference.before["edges"]}
    return {"layers": layers, "edges": list(edges.values())}


def _heard(index: int, event: NetworkEvent) -> None:
    if event.kind == "detail":
        # The level is every drawing's, and begins with nothing opened against it. Of its own groups a drawing tells itself.
        peers = {toggled(peer): None for peer in range(MOST) if peer != index}
        set_params(detail=None if event.target == detail.DEFAULT else event.target, **peers)
    elif event.kind == "toggled":
        set_params(**{toggled(index): event.target})
    elif event.kind == "select":
        set_params(selected=f"{index + 1}:{event.target}" if event.target else None)


def _selected(count: int) -> tuple[int, str]:
    """The index of a network and the name of what is selected in it, from "2:layer1.0.conv1"; (0, "") for nothing."""
    number, _, name = param("selected").partition(":")
    return (int(number) - 1, name) if number in map(str, range(1, count + 1)) else (0, "")


def _twin(net: Anatomy | str, other: Anatomy | str, name: str) -> str:
    return _pairs(net, other).get(name, ("", ""))[1] if isinstance(net, Anatomy) and isinstance(other, Anatomy) else ""


@lru_cache(maxsize=64)
def _pairs(a: Anatomy, b: Anatomy) -> dict[str, tuple[str, str]]:
    """By the name of a layer of `a`: what differs in the layer of `b` that stands where it does, and that layer's name."""
    return {x.name: (_changes(x, y), y.name) for x, y in align(a, b).layers}


def _changes(x: Layer, y: Layer) -> str:
    return ", ".join(map(str, changes_between(x, y))) or "the same"


def _tell_twins(comparison, nets, place, twins):
    """Which layers stand where the selected one does."""
    labels, drawn = comparison.labels, comparison.drawn
    if isinstance(nets[place], str) or twins[place] not in {layer.name for layer in nets[place].layers}:
        return
    told = []
    for index, net in enumerate(nets):
        if index != place and not isinstance(net, str):
            said, twin = _pairs(nets[place], net).get(twins[place], ("", ""))
            told.append(f"in {labels[drawn[index].text]} " + (f"{twin} ({said})" if twin else "nothing"))
    st.caption(plain(f"Selected: {twins[place]} of {labels[drawn[place].text]}. Where it stands there is {'; '.join(told)}.", most=1000))

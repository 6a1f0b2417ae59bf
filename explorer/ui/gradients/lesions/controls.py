"""Which blocks are switched off, and which two change places: kept in the address as `off` and `swap`."""

from collections.abc import Sequence

import streamlit as st

from explorer.lab.trained import trained_models
from explorer.signals.lesions import Lesion
from explorer.ui.controls import dropdown, listed, some_of
from explorer.ui.gradients.lesions.subjects import Operable
from explorer.ui.say import say_warning
from explorer.ui.url import set_params
from explorer.vision.model import Model

NOBODY = "none"
MOST_SWITCHES = 120  # blocks with a switch each: the 110-layer nets have 54, the 1202-layer nets 600
MOST_PAIRS = 2000
# Residual and plain, the deepest first: the deeper, the less does a single block carry, and the more do those that need all before them.
PAIRS = (("mnist-residual-56", "mnist-plain-56"), ("mnist-residual-20", "mnist-plain-20"))


def default_model() -> str:
    """The residual network of the deepest shipped pair on digits, whose pictures are always at hand."""
    known = {model.id for model in trained_models()}
    return next((residual for residual, plain in PAIRS if {residual, plain} <= known), PAIRS[-1][0])


def default_counterpart(model: Model) -> str:
    """The network to hold beside it: of the same name and the other kind, or any of another family that was trained on the same data."""
    others = {other.id: other for other in trained_models() if other.id != model.id}
    words = model.id.split("-")
    for old, new in (("residual", "plain"), ("plain", "residual")):
        if old in words and (named := "-".join(new if word == old else word for word in words)) in others:
            return named
    data = model.metadata.get("dataset")
    same = [one for one in others.values() if one.metadata.get("dataset") == data and one.spec.channels == model.spec.channels]
    fitting = [one.id for one in same if one.spec.family != model.spec.family]
    return fitting[0] if fitting else model.id


def choose_lesion(subjects: Sequence[Operable]) -> Lesion:
    """The blocks of all the networks as switches, a row for each stage, and the pairs that can change places."""
    blocks = list(dict.fromkeys(name for subject in subjects for name in subject.blocks))
    blocks.sort(key=lambda name: (name.split(".")[0], int(name.split(".")[1])))
    off = _switches(blocks, {name for subject in subjects for name in subject.keeping}) if len(blocks) <= MOST_SWITCHES else some_of(
        "Switched off", {name: name for name in blocks}, "off", [], most=len(blocks), placeholder="Choose blocks")  # fmt: skip
    left, right = st.columns((1, 2), vertical_alignment="bottom")
    pairs = _choose_pair(subjects, left)
    if right.button("Heal everything", icon=":material/healing:", disabled=not (off or pairs)):
        set_params(off=None, swap=None)
        st.rerun()
    st.caption("Blocks are counted from 0, as in the network's layer names. One that reshapes changes the signal's shape: what is left of "
               "it is its shortcut, and in a plain network the shortcut without parameters (option A) stands in.")
    return Lesion(tuple(off), pairs)


def _switches(blocks: Sequence[str], keeping: set[str]) -> list[str]:
    """A row of pills for each stage."""
    off = _known(blocks)
    stages = list(dict.fromkeys(name.split(".")[0] for name in blocks))
    columns = st.container(key="lesion-blocks").columns(len(stages))
    for stage, column in zip(stages, columns, strict=True):
        mine = [name for name in blocks if name.startswith(f"{stage}.")]
        key = f"lesion off {stage}"
        st.session_state[key] = [name for name in off if name in mine]
        column.pills(
            f"Switched off in {stage}", mine, selection_mode="multi", key=key, on_change=_keep, args=(stages,), wrap=True,
            format_func=lambda name: name.split(".")[1] + ("" if name in keeping else " reshapes"),
        )
    return off


def _choose_pair(subjects: Sequence[Operable], place) -> tuple[tuple[str, str], ...]:
    groups = dict.fromkeys(group for subject in subjects for group in subject.groups)
    if sum(len(group) * (len(group) - 1) // 2 for group in groups) > MOST_PAIRS:
        return ()
    pairs = {f"{one}~{other}": (one, other) for group in groups for at, one in enumerate(group) for other in group[at + 1 :]}
    if not pairs:
        return ()
    named = {NOBODY: "no two blocks"} | {key: f"{one} and {other}" for key, (one, other) in pairs.items()}
    chosen = dropdown("Change places", named, "swap", NOBODY, help="Two blocks of equal shape, each with its weights.", place=place)
    return (pairs[chosen],) if chosen in pairs else ()


def _known(blocks: Sequence[str]) -> list[str]:
    """The blocks that the address switches off; one that no network has is said."""
    asked = listed("off")
    if unknown := [name for name in asked if name not in blocks]:
        say_warning(f"There is no block {', '.join(unknown)[:100]} to switch off: the blocks are {blocks[0]} to {blocks[-1]}.")
    return [name for name in blocks if name in asked]


def _keep(stages: Sequence[str]) -> None:
    off = [name for stage in stages for name in st.session_state[f"lesion off {stage}"]]
    set_params(off=",".join(off) or None)

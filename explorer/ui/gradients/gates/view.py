"""The transform gates of a highway net, by layer and picture; and the net with its gates pushed open or shut."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.errors import BadInput
from explorer.figures.gates import Gates, Shown, gate_map, gate_profile
from explorer.networks.known_data import DIGITS
from explorer.networks.spec import NetworkSpec, parse_spec
from explorer.ui.components.chart import chart
from explorer.ui.controls import known_choice, segmented, stops, whole_number
from explorer.ui.format import plain
from explorer.ui.gradients.gates.words import gates_reading
from explorer.ui.gradients.reading import beside, show_reading
from explorer.ui.say import say_error
from explorer.ui.theme import is_dark
from explorer.ui.url import param, set_params
from explorer.vision.kept import Mark, mark_of

MODEL = "mnist-highway-20"
OF = {"trained": "Trained", "fresh": "At initialisation"}
COUNTS = (50, 100, 200, 500)
DEPTHS = (8, 20, 32, 56, 110)
BIASES = (-6, -4, -3, -2, -1, 0, 1, 2)
FRESH_COUNT = 50
MOST_SHOWN = 20
HEIGHT = 430


@dataclass(frozen=True)
class Seen:
    """What is drawn of a network: its gates, the pictures that stand below the map, and which rows of the gates these are."""

    view: str  # another chart for another network
    gates: Gates
    within: float
    rows: Sequence[int]
    shown: Sequence[Shown]
    norm: str
    fresh: bool = False


def show() -> None:
    st.markdown(
        "A highway layer decides for every picture how much it transforms and how much it hands on. Look at these gates; then push "
        "them, all at once, to the two ends between which they were learnt: the identity, and a plain layer."
    )
    of = segmented("Network", OF, "of", "trained")
    try:
        _show_fresh() if of == "fresh" else _show_trained()
    except BadInput as problem:
        say_error(problem)


def _show_fresh() -> None:
    left, right, pictures, number = st.columns([3, 4, 3, 2])
    depth = stops("Depth", DEPTHS, "depth", 20, place=left)
    bias = stops("Gate bias at the start", BIASES, "gate_bias", -2, place=right,
                 help="The same in all layers. Look for the level of the whole curve: it follows the bias; the He-initialised weights of "
                 "the gates spread it.")  # fmt: skip
    data = segmented("Pictures", {"digits": "Digits", "noise": "Noise"}, "data", "digits", place=pictures)
    seed = whole_number("Seed", "seed", 0, 0, 2**32 - 1, place=number)
    seen = _fresh(f"cifar/highway-{depth}?width=8&channels=1&gate_bias={bias}", seed, data)
    _show_gates(seen, _choose_picture(seen))
    st.info("An untrained net answers by chance wherever its gates stand: choose a trained one to push them.", icon=":material/info:")


def _show_trained() -> None:
    # Imported when the controls stand: torch takes seconds.
    from explorer.anatomy.of import anatomy_of
    from explorer.lab.limits import check_answers
    from explorer.ui.gradients.models import JUDGE, choose_model, choose_validation
    from explorer.ui.opened import opened

    left, right = st.columns([3, 2])
    model = choose_model("highway", MODEL, "Trained highway network", ("highway",), place=left)
    if model is None:
        return
    count = stops("Validation pictures", COUNTS, "pictures", 100, place=right)
    validation = choose_validation(model, count)
    if validation is None:
        return
    check_answers(anatomy_of(model.spec), len(validation.labels))
    loaded, data = opened(model.id), f"{param(JUDGE)} {count}"
    mark = mark_of(loaded.model)
    seen = _trained(mark, data, loaded, validation)
    chosen = _choose_picture(seen)
    _show_gates(seen, chosen)
    st.subheader("Push the gates", anchor=False)
    stages = dict.fromkeys(name.partition(".")[0] for name in seen.gates.blocks)
    which = segmented("Gates of", {"all": "All layers"} | {name: f"Stage {name.removeprefix('layer')}" for name in stages}, "which", "all")
    from explorer.ui.gradients.gates.pushed import Pushing, show_pushed

    show_pushed(Pushing(model, loaded, validation, seen.gates.blocks, which, chosen, f"{mark} {data} {which}"))


def _choose_picture(seen: Seen) -> int:
    """One of the pictures shown: its row of the gates."""
    by_row = {str(row): one for row, one in zip(seen.rows, seen.shown, strict=True)}
    first = str(seen.rows[0])
    key = "gates picture"
    st.session_state[key] = known_choice("Picture", {row: one.label for row, one in by_row.items()}, "picture", first)
    st.pills(
        "Picture", list(by_row), key=key, required=True, wrap=True,
        format_func=lambda row: _pill(by_row[row]) if row in by_row else row,
        on_change=lambda: set_params(picture=st.session_state[key]),
    )  # fmt: skip
    return int(st.session_state[key])


def _pill(one: Shown) -> str:
    """A picture's label as Markdown: two of one class are told apart by their numbers."""
    return f"![]({one.source}) {plain(one.label)}, no. {one.number}"


def _show_gates(seen: Seen, chosen: int) -> None:
    figures, text = beside("gates")
    with figures:
        chart(gate_profile(seen.gates, chosen), "gate-profile", height=HEIGHT, filename="highway-gates-by-layer", view=seen.view)
        relative = segmented("Colour", {"opening": "T", "difference": "T less its layer's mean"}, "colour", "difference") == "difference"
        chart(gate_map(seen.gates, seen.shown, seen.rows, chosen, relative, is_dark()), "gate-map", height=HEIGHT + 40,
              filename="highway-gates-by-picture", view=f"{seen.view} {relative}")  # fmt: skip
    with text:
        show_reading(gates_reading(seen.gates, seen.within, seen.fresh, seen.norm))


@st.cache_data(max_entries=32, show_spinner="Reading the gates")
def _trained(mark: Mark, data: str, _loaded, _validation) -> Seen:
    from explorer.signals.gates import gate_reading

    reading = gate_reading(_loaded.net, _validation.images.to(_loaded.device))
    return _seen(_loaded.model.spec, f"{mark[0]} {data}", reading, _validation.images, _validation.labels, _loaded.classes)


@st.cache_data(max_entries=32, show_spinner="Reading the gates")
def _fresh(network: str, seed: int, data: str) -> Seen:
    from explorer.lab.gates import fresh_gates
    from explorer.machine.device import use_one_thread

    use_one_thread()
    spec = parse_spec(network)
    reading, images, labels = fresh_gates(spec, FRESH_COUNT, seed, data)
    classes = DIGITS if data == "digits" else ("noise",) * spec.classes
    return _seen(spec, f"{network} {seed} {data}", reading, images, labels, classes, fresh=True)


def _seen(spec: NetworkSpec, view: str, reading, images, labels, classes: Sequence[str], fresh: bool = False) -> Seen:
    from explorer.ui.gradients.gates.thumbnails import data_uri

    rows = few_of_each(labels.tolist(), MOST_SHOWN)
    shown = [Shown(classes[labels[row]], row, data_uri(images[row])) for row in rows]
    gates = Gates(reading.blocks, reading.means.tolist(), reading.biases.sigmoid().tolist())
    return Seen(view, gates, reading.stds.mean().item(), rows, shown, spec.norm, fresh)


def few_of_each(labels: Sequence[int], most: int) -> list[int]:
    """Places of at most so many labels: as many of each class, as far as they go, in the order of the classes."""
    places: dict[int, list[int]] = {}
    for place, label in enumerate(labels):
        places.setdefault(label, []).append(place)
    each = max(1, most // len(places))
    return [place for label in sorted(places) for place in places[label][:each]][:most]

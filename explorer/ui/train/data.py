"""What the networks are trained on: a named data set, procedural shapes, or one's own pictures."""

from pathlib import Path

import streamlit as st

from explorer.data.datasets import DatasetInfo, datasets_at_hand, describe
from explorer.errors import BadInput
from explorer.ui.format import count, plain
from explorer.ui.say import say_error
from explorer.ui.train.networks import fitted_networks
from explorer.ui.train.pictures import choose_pictures, show_report
from explorer.ui.train.shapes import choose_shapes
from explorer.ui.train.state import Form
from explorer.ui.url import set_params

# Stands in the address for own pictures as long as no path is given.
PICTURES = "my-pictures"
FRESH_SECONDS = 60


def choose_data(form: Form) -> DatasetInfo | None:
    """Draw the choice; what is known of the data set, or None where there is none yet."""
    chosen = _kind(form.dataset)
    offered = [*datasets_at_hand(), PICTURES]
    key = "train kind of data"
    st.session_state[key] = chosen
    st.pills("Data set", offered, format_func=title_of, required=True, label_visibility="collapsed", key=key,
             on_change=lambda: put_dataset(form, st.session_state[key]))
    if chosen == "shapes":
        choose_shapes(form.dataset, lambda name: put_dataset(form, name))
    if chosen == PICTURES:
        choose_pictures("" if form.dataset == PICTURES else form.dataset, lambda name: put_dataset(form, name or PICTURES))
        if form.dataset == PICTURES:
            return None
    info = described(form.dataset)
    if info is not None:
        st.markdown(_facts(info))
        if info.report is not None:
            show_report(info.report)
    return info


def put_dataset(form: Form, name: str) -> None:
    """Choose another data set, with the networks changed to what it needs."""
    changes = {"dataset": name}
    try:
        changes["networks"] = ",".join(fitted_networks(form.networks, _known(name)))
    except BadInput:
        pass  # the same sentence stands beside the control in the run that follows
    set_params(**changes)


def title_of(name: str) -> str:
    """What a data set is called on screen."""
    return "My own pictures" if name == PICTURES else describe(name).title.partition(",")[0]


def described(name: str) -> DatasetInfo | None:
    """What is known of a data set; where it cannot be used, None and the sentence that says why."""
    try:
        return _known(name)
    except BadInput as error:
        say_error(error)
        return None


def _known(name: str) -> DatasetInfo:
    return _describe(name, _changed(name), datasets_at_hand().get(name))


@st.cache_data(show_spinner="Looking through the pictures", max_entries=32, ttl=FRESH_SECONDS)
def _describe(name: str, changed: float, at_hand: bool | None) -> DatasetInfo:
    """Listing a folder of many pictures takes a moment, so it is done once a minute, and anew when the arguments are new.

    `changed` is the time of the folder or zip file itself: what is put into a class's folder is seen within the minute.
    """
    return describe(name)


def _changed(name: str) -> float:
    try:
        return Path(name).expanduser().stat().st_mtime
    except (OSError, ValueError, RuntimeError):
        return 0.0


def _kind(dataset: str) -> str:
    """The data set's name without its options, or that these are own pictures."""
    name = dataset.partition("?")[0]
    return name if name in datasets_at_hand() else PICTURES


def _facts(info: DatasetInfo) -> str:
    size = f"{info.size} pixels, " + ("colour" if info.channels == 3 else "grey") if info.size else "fitted to the network's input"
    return (f"**{plain(info.title)}**: {len(info.classes)} classes · {count(info.train)} pictures to train on · {count(info.val)} to "
            f"validate · {size}  \n:gray[:small[{plain(info.note, most=400)}]]")

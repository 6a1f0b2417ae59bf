"""What to train: a ready-made experiment behind one button, or networks and a recipe of one's own."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from explorer.data.datasets import DataError, DatasetInfo, describe, fetch
from explorer.errors import BadInput
from explorer.machine.state import machine_state
from explorer.networks.spec import NetworkSpec, parse_spec
from explorer.runs.slots import default_slots
from explorer.training.presets import PRESETS, Preset
from explorer.training.recipe import Recipe, read_recipe
from explorer.training.start import check_fit, fitted, start_runs
from explorer.ui.format import bytes as byte_count
from explorer.ui.format import plain, recipe_words
from explorer.ui.network_picker import offered_networks

OWN = "own"
PICTURES = "my pictures"
DATA = ("mnist-5k", "cifar10", PICTURES)
LARGEST_SEED = 2**32 - 1
# Measured here, with bfloat16.
DURATIONS = {"degradation": "Takes one to two minutes on two CPU cores with fast bfloat16, longer without."}
DEFAULT_NETWORKS = ["cifar/plain-32?width=8", "cifar/basic-32?width=8"]
MOST_NETWORKS = 8


def choose_training() -> list[str]:
    """Draw the choice; the ids of the runs once they have been started, else none."""
    offered = [*PRESETS, OWN]
    asked = st.query_params.get("preset", offered[0])
    if asked not in offered:
        st.warning(f"There is no preset {asked!r}; here are those there are.", icon=":material/search_off:")
        asked = offered[0]
    titles = {name: preset.title for name, preset in PRESETS.items()} | {OWN: "My own choice"}
    st.session_state["what"] = asked  # the address decides, so that the browser's Back works
    chosen = st.segmented_control(
        "What to train", offered, format_func=titles.get, required=True, key="what", on_change=_remember, label_visibility="collapsed"
    )
    return _choose_own() if chosen == OWN else _offer(PRESETS[chosen])


def _remember() -> None:
    st.query_params["preset"] = st.session_state["what"]


def _offer(preset: Preset) -> list[str]:
    with st.container(border=True):
        st.markdown(" ".join(filter(None, (preset.text, DURATIONS.get(preset.name)))))
        st.caption(" · ".join(recipe_words(preset.recipe.model_dump())))
        st.markdown("\n".join(f"- {parse_spec(text).title} &nbsp; `{text}`" for text in preset.networks))
        info = _described(preset.recipe.dataset)
        if info is None or not _at_hand(info):
            return []
        seed = st.number_input("Seed", min_value=0, max_value=LARGEST_SEED, value=0, step=1, key="seed", bind="query-params", width=160,
                               help="Decides the initial weights and the order of the images; the same for all networks.")
        pressed = st.button(f"Train these {len(preset.networks)} networks", type="primary", icon=":material/play_arrow:")
        st.caption(_where())
        if pressed:
            return _start(preset.networks, preset.recipe, seed)
    return []


def _choose_own() -> list[str]:
    with st.container(border=True):
        networks, networks_fit = _choose_networks()
        info = _choose_data()
        columns = st.columns(4)
        defaults = Recipe()
        chosen = {
            "dataset": _dataset() or DATA[0],
            "epochs": columns[0].number_input("Epochs", value=defaults.epochs, step=1, key="epochs", bind="query-params"),
            "batch": columns[1].number_input("Images a batch", value=defaults.batch, step=16, key="batch", bind="query-params"),
            "lr": columns[2].number_input("Peak learning rate", value=defaults.lr, step=0.01, format="%g", key="lr", bind="query-params"),
        }
        seed = columns[3].number_input("Seed", min_value=0, max_value=LARGEST_SEED, value=0, step=1, key="seed", bind="query-params")
        recipe = _checked(chosen)
        st.caption("SGD with momentum 0.9 and weight decay 1e-4; 30 steps of linear warm-up, then a cosine to zero. No augmentation.")
        ready = networks_fit and info is not None and recipe is not None and _at_hand(info)
        pressed = st.button("Start training", type="primary", icon=":material/play_arrow:")
        st.caption(_where())
        if pressed and not ready:
            st.error("Nothing was started: something above needs your attention first.", icon=":material/error:")
        return _start(networks, recipe, seed) if pressed and ready else []


def _choose_networks() -> tuple[list[str], bool]:
    """The chosen texts, and whether every one is a network."""
    networks = st.multiselect(
        "Networks to train side by side", offered_networks(), default=DEFAULT_NETWORKS, key="networks", bind="query-params",
        accept_new_options=True, max_selections=MOST_NETWORKS, select_all=False, filter_mode="contains",
        placeholder="Choose, or type a network such as cifar/highway-32?width=8",
        help="Choose from the list, or type any network's name: `<stem>/<block>-<depth>?key=value`, as on the Architecture page.",
    )
    problems = [] if networks else ["Choose at least one network."]
    for text in networks:
        try:
            parse_spec(text)
        except BadInput as error:
            problems.append(str(error))
    for problem in problems:
        st.error(problem, icon=":material/error:")
    return networks, not problems


def _choose_data() -> DatasetInfo | None:
    asked = st.query_params.get("data", DATA[0])
    if asked not in DATA:
        st.warning(f"There is no data set {asked!r}: choose one of these.", icon=":material/search_off:")
    which = st.segmented_control(
        "Data", DATA, default=DATA[0], key="data", bind="query-params", required=True, on_change=_fit_networks
    )
    if which == PICTURES:
        st.text_input("Folder or zip file with a folder of pictures for each class", key="path", bind="query-params",
                      placeholder="/home/me/pictures.zip", on_change=_fit_networks)
        if not _dataset():
            st.info("Give the path of a folder or zip file on this machine: one folder inside for each class.", icon=":material/folder:")
            return None
    info = _described(_dataset())
    if info is not None:
        st.caption(f"{plain(info.title)}: {len(info.classes)} classes, {info.train:,} images to train on, {info.val:,} to validate. {info.note}")
    return info


def _dataset() -> str:
    """The recipe's name for the chosen data."""
    which = st.session_state.get("data")
    return st.session_state.get("path", "").strip() if which == PICTURES else which


def _described(name: str) -> DatasetInfo | None:
    try:
        return _describe(name, _changed(name))
    except BadInput as error:
        st.error(str(error), icon=":material/error:")
        return None


@st.cache_data(show_spinner="Looking through the pictures", max_entries=8, ttl=60)
def _describe(name: str, changed: float) -> DatasetInfo:
    """Listing a folder of many pictures takes a moment, so it is done once a minute, and anew when `changed` is.

    That is the time of the folder or zip file itself: what is put into a class's folder is seen within the minute.
    """
    return describe(name)


def _changed(name: str) -> float:
    try:
        return Path(name).expanduser().stat().st_mtime
    except (OSError, ValueError, RuntimeError):
        return 0.0


def _fit_networks() -> None:
    """Change the chosen networks to what newly chosen data needs, such as another number of classes."""
    try:
        info = describe(_dataset())
        st.session_state["networks"] = [_fitted(text, info) for text in st.session_state["networks"]]
    except BadInput:
        return  # the same sentence stands beside the control in the run that follows


def _fitted(text: str, info: DatasetInfo) -> str:
    spec = parse_spec(text)
    try:
        return check_fit(spec, info).text
    except DataError:
        return fitted(spec, info).text if isinstance(spec, NetworkSpec) else text


def _at_hand(info: DatasetInfo) -> bool:
    """Whether the data can be used now; if not, offer the download."""
    if info.at_hand:
        return True
    st.info(f"{info.title} is not on this machine yet.", icon=":material/download:")
    if st.button(f"Download {info.title}", icon=":material/download:"):
        bar = st.progress(0.0, text="connecting")
        try:
            fetch(info.name, lambda done, total: bar.progress(min(1.0, done / total) if total else 0.0, text=_downloaded(done, total)))
        except BadInput as error:
            bar.empty()
            st.error(str(error), icon=":material/cloud_off:")
            return False
        _describe.clear()
        st.rerun()
    return False


def _downloaded(done: int, total: int | None) -> str:
    return f"{byte_count(done)} of {byte_count(total)}" if total else byte_count(done)


def _checked(values: dict) -> Recipe | None:
    try:
        return read_recipe(values)
    except BadInput as error:
        st.error(str(error), icon=":material/error:")
        return None


def _start(networks: Sequence[str], recipe: Recipe, seed: int) -> list[str]:
    try:
        return [run.id for run in start_runs(list(networks), recipe, seed)]
    except BadInput as error:
        st.error(str(error), icon=":material/error:")
        return []


def _where() -> str:
    slots = default_slots()
    return f"Trains on this machine ({machine_state().device}), {slots} at a time; the others wait their turn. You may close this page."

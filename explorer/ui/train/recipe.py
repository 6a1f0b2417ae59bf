"""How the networks are trained: a recipe of the paper's, and every number of it."""

import streamlit as st

from explorer.data.datasets import DatasetInfo
from explorer.training.recipe import Recipe
from explorer.training.recipes import RECIPES
from explorer.ui.format import plain
from explorer.ui.theme import ONE_HEIGHT
from explorer.ui.train.control import bound, number
from explorer.ui.train.state import Form, problem, written
from explorer.ui.url import set_params

OTHER = "changed"
# What a named recipe leaves to the reader: the data, and how the machine computes and looks.
FREE = ("dataset", "device", "precision", "probe_every")
LENGTHS = {"epochs": "Epochs", "steps": "Steps", "seconds": "Seconds each"}
LENGTH_HELP = ("Epochs are passes over the training pictures, steps are batches. With seconds every network gets the same time, not "
               "the same number of steps: what a machine can do in it.")
LENGTH_HELPS = {
    "epochs": "How often every training picture is seen.",
    "steps": "How many batches are trained on.",
    "seconds": "How long each network is trained; waiting, starting and validating do not count.",
}
FIRST_LENGTH = {"steps": 1_000, "seconds": 90.0}
SCHEDULES = {"cosine": "Cosine to zero", "steps": "Divided by 10, twice", "constant": "Constant"}
SCHEDULE_HELP = "How the learning rate leaves its peak. The paper divides it by 10 at half and at three quarters of the steps."
AUGMENTATIONS = {"none": "None", "crop": "Shifted", "crop-flip": "Shifted, mirrored", "imagenet": "ImageNet's"}
AUGMENT_HELP = ("What is done to each training picture, anew every epoch. Shifted: up to 4 pixels over a zero border, for digits, which a "
                "mirror would spoil. Mirrored: every other one too (the paper, CIFAR-10). ImageNet's: scaled to a shorter side of "
                "256 to 480, a random crop, mirrored, colours varied (the paper).")
WARMUPS = {"linear": "Rising", "constant": "At a tenth"}
PRECISIONS = {"auto": "Best here", "fp32": "32-bit", "bf16": "bfloat16"}
DEVICES = {"auto": "Best here", "cpu": "CPU", "cuda": "NVIDIA GPU", "mps": "Apple GPU"}
MORE = ("momentum", "weight_decay", "decay_norm", "label_smoothing", "clip", "warmup", "warmup_steps", "precision", "probe_every", "device")
WORDS = {
    "decay_norm": "decay of normalisation", "probe_every": "probe", "clip": "clipping", "warmup_steps": "warm-up steps",
    "warmup": "warm-up",
}


def choose_recipe(form: Form, info: DatasetInfo | None) -> bool:
    """Draw the choice; whether every field of it is in its range, and a batch within the data."""
    _choose_named(form)
    _choose_length(form)
    left, right = st.columns(2)
    with left:
        number("Pictures a batch", "batch", form, step=16, help="How many pictures one step of the optimiser sees.")
        enough = info is None or form.values["batch"] <= info.train
        if not enough:
            st.error(f"A batch of {form.values['batch']:,} is more than the {info.train:,} training pictures.", icon=":material/error:")
    with right:
        number("Peak learning rate", "lr", form, step=0.01,
               help="The largest step size; warm-up leads up to it, the schedule away from it.")
    left, right = st.columns(2)
    left.selectbox("Schedule", list(SCHEDULES), format_func=SCHEDULES.get, help=SCHEDULE_HELP, **bound("schedule", form.values["schedule"]))
    right.selectbox("Augmentation", list(AUGMENTATIONS), format_func=AUGMENTATIONS.get, help=AUGMENT_HELP,
                    **bound("augment", form.values["augment"]))
    if changed := _changed_more(form):
        st.caption(f"Changed under More: {', '.join(changed)}.")
    with st.expander("More", expanded=any(problem(name, form.values[name]) for name in MORE)):
        _choose_more(form)
    return enough and not any(problem(name, value) for name, value in form.values.items())


def _choose_named(form: Form) -> None:
    """The named recipe that the fields are those of; choosing another one sets them all."""
    current = next((name for name, named in RECIPES.items() if _own(named.recipe.model_dump()) == _own(form.values)), OTHER)
    key = "train recipe"
    st.session_state[key] = current

    def take() -> None:
        if st.session_state[key] != OTHER:
            set_params(**written(_own(RECIPES[st.session_state[key]].recipe.model_dump())))

    titles = {name: named.title for name, named in RECIPES.items()} | {OTHER: "My own"}
    offered = [*RECIPES, OTHER] if current == OTHER else list(RECIPES)
    st.selectbox("Recipe to start from", offered, format_func=titles.get, key=key, on_change=take, label_visibility="collapsed")
    if current != OTHER:
        st.caption(plain(RECIPES[current].text, most=400))


def _own(values) -> dict:
    return {name: value for name, value in values.items() if name not in FREE}


def _choose_length(form: Form) -> None:
    """How long: exactly one of epochs, steps and seconds is asked for."""
    kind = next((name for name in ("seconds", "steps") if form.values[name] is not None), "epochs")
    key = "train length"
    st.session_state[key] = kind

    def take() -> None:
        chosen = st.session_state[key]
        lengths = {name: FIRST_LENGTH[name] if name == chosen else None for name in FIRST_LENGTH}
        set_params(**written(lengths))

    left, right = st.columns(2)
    with left.container(key=f"train-length-{ONE_HEIGHT}"):
        st.segmented_control("Train for", list(LENGTHS), format_func=LENGTHS.get, required=True, key=key, on_change=take, help=LENGTH_HELP)
    with right:
        number(LENGTHS[kind], kind, form, step={"epochs": 1, "steps": 100, "seconds": 10.0}[kind], help=LENGTH_HELPS[kind])


def _choose_more(form: Form) -> None:
    with st.container(key=f"train-more-{ONE_HEIGHT}"):
        columns = st.columns(3)
    with columns[0]:
        number("Momentum", "momentum", form, step=0.05, help="How much of the last steps' direction a step keeps; the paper's is 0.9.")
        number("Weight decay", "weight_decay", form, step=0.0001, help="Pulls weights towards zero; the paper's is 0.0001.")
        st.toggle("Also on normalisation", help="Whether weight decay acts on batch normalisation and biases too, as in the paper.",
                  **bound("decay_norm", form.values["decay_norm"]))
    with columns[1]:
        number("Warm-up steps", "warmup_steps", form, step=10, help="Steps before the learning rate is at its peak; 0 for none.")
        st.segmented_control("Warm-up", list(WARMUPS), format_func=WARMUPS.get, required=True,
                             help="Rising in a straight line, or constant at a tenth of the peak (the paper's, for 110 layers).",
                             **bound("warmup", form.values["warmup"]))
        number("Probe every … steps", "probe_every", form, step=10,
               help="How often gradients and activations of each layer are recorded; 0 for never.")
    with columns[2]:
        number("Label smoothing", "label_smoothing", form, step=0.05, help="Share of certainty taken from the right class; 0 for none.")
        number("Gradient clipping", "clip", form, step=0.5, nothing=0.0, help="Largest norm the whole gradient may have; 0 for no limit.")
        st.selectbox("Precision", list(PRECISIONS), format_func=PRECISIONS.get, **bound("precision", form.values["precision"]),
                     help="bfloat16 is faster where the hardware has it; the best is chosen by a look at this machine.")
        st.selectbox("Device", list(DEVICES), format_func=DEVICES.get, **bound("device", form.values["device"]),
                     help="What computes: a GPU where there is one, unless you say otherwise.")


def _changed_more(form: Form) -> list[str]:
    """What is hidden there and not at its default, so that nothing acts unseen. Not in its label: with another one it would close."""
    defaults = Recipe()
    return [WORDS.get(name, name.replace("_", " ")) for name in MORE if form.values[name] != getattr(defaults, name)]

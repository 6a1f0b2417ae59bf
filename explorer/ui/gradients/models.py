"""Choosing a trained network, and the pictures that it is judged by."""

from collections.abc import Sequence

import streamlit as st

from explorer.data.datasets import DatasetInfo, describe, settled
from explorer.errors import BadInput
from explorer.lab.trained import Validation, dataset_of, trained_models, validation
from explorer.ui.opened import opened
from explorer.ui.say import say_error, say_warning
from explorer.ui.train.download import at_hand
from explorer.ui.url import param, set_params
from explorer.vision.kept import Mark, mark_of
from explorer.vision.model import Model

JUDGE = "judge"  # in the address, the pictures that trained networks are judged by; "data" is what fresh ones are fed


def choose_model(name: str, default: str, label: str = "Trained network", blocks: Sequence[str] = (), place=None) -> Model | None:
    """A shipped model or a finished run, kept in the address under `name`; None, and a sentence, where there is none."""
    models = {model.id: model for model in trained_models(tuple(blocks))}
    if not models:
        st.info("There is no such trained network yet: train one, and come back when it has finished.", icon=":material/inbox:")
        st.page_link("../pages/train.py", label="Train one", icon=":material/show_chart:")
        return None
    default = default if default in models else next(iter(models))
    asked = param(name, default)
    if asked not in models:
        instead = f"shown instead: {models[default].title}"
        say_warning(f"{label}: there is no {asked[:100]} (any more?) to show here; {instead}.", ":material/search_off:")
    key = f"model {name}"
    st.session_state[key] = asked if asked in models else default
    (place or st).selectbox(
        label, list(models), key=key, format_func=lambda model: models[model].title if model in models else model,
        on_change=lambda: set_params(**{name: st.session_state[key]}),
    )  # fmt: skip
    return models[st.session_state[key]]


def choose_validation(model: Model, count: int | None = None) -> Validation | None:
    """Pictures of the data that the model was trained on, or of the address's; None, and what to do, where they are not at hand."""
    (found,) = choose_validations([model], count)
    return found


def choose_validations(models: Sequence[Model], count: int | None = None) -> list[Validation | None]:
    """As `choose_validation`, for each of several models: pictures that serve them all are asked for once."""
    return [dataset and _at_hand(model, dataset, count) for model, dataset in zip(models, choose_datasets(models), strict=True)]


def choose_datasets(models: Sequence[Model]) -> list[str | None]:
    """The name of the data to judge each model by, its own or the address's; None, and what to do, where they are not at hand."""
    wanted = [_wanted(model) for model in models]
    if param(JUDGE) or not all(info and info.at_hand for info in wanted):
        _ask_for_pictures()
    usable = {info.name: at_hand(info) for info in {info.name: info for info in wanted if info}.values()}
    return [info.name if info and usable[info.name] else None for info in wanted]


def _wanted(model: Model) -> DatasetInfo | None:
    try:
        return describe(settled(param(JUDGE) or dataset_of(model)))
    except BadInput as problem:
        say_error(problem)
        return None


def _at_hand(model: Model, dataset: str, count: int | None) -> Validation | None:
    try:
        return _validation(mark_of(model), dataset, count)
    except BadInput as problem:
        say_error(problem)
        return None


def _ask_for_pictures() -> None:
    key = "pictures to judge by"
    st.session_state[key] = param(JUDGE)
    st.text_input("Other pictures to judge by", key=key, placeholder="a folder or zip with a folder of pictures for each class",
                  on_change=lambda: set_params(**{JUDGE: st.session_state[key].strip()}))  # fmt: skip


@st.cache_resource(max_entries=8, show_spinner="Reading the pictures")
def _validation(mark: Mark, dataset: str, count: int | None) -> Validation:
    return validation(opened(mark[0]), dataset, count)

"""Choosing the models that look at a picture, kept in the address under `model`, and making them ready."""

import streamlit as st

from explorer.ui.controls import some_of
from explorer.ui.format import bytes as byte_count
from explorer.ui.format import plain
from explorer.ui.opened import opened
from explorer.vision.models import Model, fetch, list_models

MOST = 4  # side by side


def choose_models() -> list[Model]:
    """The models that the address names, changed by the control: at least one."""
    models = {model.id: model for model in list_models()}
    first = next(iter(models))
    chosen = some_of("Models", {name: model.title for name, model in models.items()}, "model", [first], most=MOST,
                     placeholder="Choose one or several")  # fmt: skip
    return [models[name] for name in chosen or [first]]


def ready(models: list[Model]) -> list:
    """The models with their weights, downloaded where they must be. Raises ModelError."""
    for model in models:
        if not model.at_hand:
            _download(model)
    return [opened(model.id) for model in models]


def _download(model: Model) -> None:
    bar = st.progress(0.0, text="Connecting")

    def show(done: int, total: int | None) -> None:
        text = f"Downloading {plain(model.id)}: {byte_count(done)}" + (f" of {byte_count(total)}" if total else "")
        bar.progress(min(1.0, done / total) if total else 0.0, text=text)

    try:
        fetch(model, show)
    finally:
        bar.empty()

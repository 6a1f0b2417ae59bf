"""Choosing the models that look at a picture, kept in the address under `model`, and making them ready."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

import streamlit as st

from explorer.errors import BadInput
from explorer.ui.classify import cards, own
from explorer.ui.classify.downloads import show_download
from explorer.ui.classify.groups import GROUPS, MOST_CHOSEN, Pair, pairs_for
from explorer.ui.controls import listed, some_of
from explorer.ui.format import plain
from explorer.ui.opened import opened
from explorer.ui.say import say_error
from explorer.ui.url import set_params
from explorer.vision.models import Model, find_model, list_models
from explorer.vision.torchvision_weights import PREFIX as TORCHVISION

OFFERED = "models offered"
LINES, WAYS = "models-lines", "models-ways"
# The picture, and a canvas to draw on, are to be in sight below the models: buttons are as high as a line of text.
_STYLE = f"<style>.st-key-{LINES} button, .st-key-{WAYS} button {{ min-height: 1.75rem; padding-block: 0; }}</style>"


def choose_models() -> list[Model]:
    """The models that the address names, changed by the controls: at least one. Those to be fetched are offered for download."""
    st.html(_STYLE)
    with st.container(gap="small"):
        return _choose()


def _choose() -> list[Model]:
    models = _offered()
    first = next(iter(models))
    group = _choose_group(models.values())
    asked = listed("model", [first])
    offered = {name: model.title for name, model in models.items() if name in asked or group is None or GROUPS[group].holds(model)}
    chosen = some_of("Models", offered, "model", [first], most=MOST_CHOSEN, placeholder="Choose one or several",
                     help=f"Up to {MOST_CHOSEN} look at the same picture, side by side. Type to search.")  # fmt: skip
    wanted = list({models[name].id: models[name] for name in chosen or [first]}.values())  # by whatever name, each once
    with st.container(gap=None, key=LINES):
        for model in wanted:
            cards.show_line(model)
            show_download(model)
    with st.container(horizontal=True, gap="small", key=WAYS):
        _show_pairs(pairs_for(wanted[0], list(models)), models, [model.id for model in wanted])
        own.show_button([model.id for model in wanted])
    return wanted


def ready(wanted: Sequence[Model]) -> list:
    """Those of the models that can be used now, with their weights, in their order; of the others it is said why not."""
    found = []
    for model in wanted:
        if model.at_hand:
            try:
                with st.spinner(f"Loading {plain(model.title)}"):
                    found.append(opened(model.id))
            except BadInput as error:
                say_error(f"{model.title}: {error}")
    if not found and not all(model.at_hand for model in wanted):
        st.info("Nothing that was chosen is on this machine yet: download it, or choose a model that can be used now.",
                icon=":material/cloud_download:")  # fmt: skip
    return found


def _offered() -> dict[str, Model]:
    """All models by id, those that can be used now first; with those that the address calls by another of their names.

    Such a name is that of weights which are torchvision's usual ones. The address is left as it is, so that Back leads away from it.
    """
    models = {model.id: model for model in sorted(list_models(), key=lambda model: not model.at_hand)}
    for name in listed("model"):
        if name not in models and name.startswith(TORCHVISION):
            with suppress(BadInput):
                models[name] = find_model(name)
    return models


def _choose_group(models) -> str | None:
    """Which models the list offers: a group of them or, with none chosen, all."""
    offered = [name for name, group in GROUPS.items() if any(map(group.holds, models))]
    return st.pills("Models offered", offered, format_func=lambda name: GROUPS[name].title, key=OFFERED,
                    label_visibility="collapsed", wrap=True, help="Which models the list below offers")  # fmt: skip


def _show_pairs(pairs: Sequence[Pair], models: Mapping[str, Model], shown: Sequence[str]) -> None:
    """The first pair a click away, the others in a list of their own, which closes once other models are `shown`."""
    for pair in pairs[:1]:
        _pair_button(pair, models)
    if pairs[1:]:
        with st.popover("More pairs", type="tertiary", key=f"more pairs beside {','.join(shown)}"):
            for pair in pairs[1:]:
                _pair_button(pair, models)


def _pair_button(pair: Pair, models: Mapping[str, Model]) -> None:
    names = [f"{models[name].title} ({models[name].error or 'error not measured yet'})" for name in pair.models]
    st.button(pair.title, type="tertiary", key=f"pair {pair.title}", help=f"{plain(', '.join(names), 400)}. {pair.shows}",
              on_click=set_params, kwargs={"model": ",".join(pair.models)})  # fmt: skip

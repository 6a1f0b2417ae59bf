"""A model in a line, and its card: what it was trained on, what it takes, and how often it errs, each with its source."""

from html import escape

import streamlit as st

from explorer.errors import BadInput
from explorer.figures.colours import colour
from explorer.ui.format import bytes as byte_count
from explorer.ui.format import count
from explorer.ui.say import say_error
from explorer.vision.cards import Claim, ModelCard, card
from explorer.vision.model import Model

MOST_CLASSES = 12  # named on a card; of the others it says how many
_ROW = '<dt style="opacity:.65;margin:0">{}</dt><dd style="margin:0;overflow-wrap:anywhere">{}</dd>'
_LIST = ('<dl style="width:min(34rem,78vw);margin:0;padding:0;display:grid;grid-template-columns:max-content 1fr;gap:.4rem 1rem;'
         'font-size:.875rem;line-height:1.4">{}</dl>')  # fmt: skip


def show_line(model: Model) -> None:
    """The model's name in the colour of its family, and a button that opens its card."""
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="xsmall"):
        square = f'<span style="color:{colour(model.spec.family)}" aria-hidden="true">■</span>'
        st.html(f'<div style="font-size:.875rem;line-height:1.35;overflow-wrap:anywhere">{square} {escape(model.title)}</div>',
                width="stretch")  # fmt: skip
        with st.popover("Card", type="tertiary", key=f"card of {model.id}"):
            _show_card(model)


def _show_card(model: Model) -> None:
    try:
        known = card(model)
    except BadInput as error:
        say_error(error)
        return
    st.html(f"<strong>{escape(model.title)}</strong>{_LIST.format(''.join(_ROW.format(name, value) for name, value in _rows(known)))}")


def _rows(known: ModelCard) -> list[tuple[str, str]]:
    """Headings, and texts that are safe to show."""
    rows = [
        ("Network", f"<code>{escape(known.network)}</code>"),
        ("Trained on", escape(known.data)),
        ("Input", escape(known.input)),
        ("Normalisation", escape(known.normalisation)),
        ("Classes", escape(_classes(known.classes))),
        ("Parameters", count(known.parameters) if known.parameters else "not counted"),
        ("File", f"{byte_count(known.bytes)}{'' if known.model.at_hand else ', to download'}"),
        ("Error", "<br>".join(map(_claim, (claim for claim in known.errors if claim.same_weights))) or "not measured yet"),
    ]
    if others := [claim for claim in known.errors if not claim.same_weights]:
        rows.append(("The same network, other weights", "<br>".join(map(_claim, others))))
    rows += [("Licence", escape(known.licence)), ("From", _address(known.address))]
    return rows + [("To know", "<br>".join(map(escape, known.notes)))] * bool(known.notes)


def _classes(names: tuple[str, ...]) -> str:
    return f"{len(names):,}: {', '.join(names[:MOST_CLASSES])}{' …' if len(names) > MOST_CLASSES else ''}"


def _claim(claim: Claim) -> str:
    return f"<strong>{escape(claim.error)}</strong> on {escape(claim.on)} (<em>{escape(claim.kind)}</em>: {_address(claim.source)})"


def _address(text: str) -> str:
    if text.startswith(("https://", "http://")):
        return f'<a href="{escape(text)}" target="_blank" rel="noreferrer">{escape(text.split("//", 1)[1])}</a>'
    return escape(text)

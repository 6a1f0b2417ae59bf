"""What the compared networks cost: bars, a table of totals, and the same as CSV."""

from collections.abc import Sequence

import streamlit as st

from explorer.anatomy.diff_words import kinds_of
from explorer.anatomy.layers import Anatomy
from explorer.anatomy.memory import memory_of
from explorer.anatomy.table import UNITS, counted
from explorer.anatomy.table_formats import to_csv
from explorer.anatomy.ways import depth_of, shortcuts_of
from explorer.networks.changes import Spec
from explorer.ui.batch import batch_asked, choose_batch
from explorer.ui.components.chart import chart

BAR, FRAME = 34, 150


def show_costs(networks: Sequence[tuple[Spec, str, Anatomy]], unit: str) -> None:
    """`networks` are (network, label, anatomy), the first on top."""
    from explorer.figures.compare import Costs, compared_bars

    batch = batch_asked()
    peaks = [memory_of(anatomy, batch, "fp32", "momentum").peak for *_, anatomy in networks]
    costs = [Costs(label, spec.family, anatomy.params, anatomy.macs, anatomy.activation_bytes, peak)
             for (spec, label, anatomy), peak in zip(networks, peaks)]
    figure = compared_bars(costs, unit, f"a step on {batch} images")
    view = " ".join(spec.text for spec, *_ in networks)
    chart(figure, "costs", height=FRAME + BAR * len(costs), filename="compared-costs", view=view)
    rows = [totals(spec, label, anatomy, peak, unit, batch) for (spec, label, anatomy), peak in zip(networks, peaks)]
    exact = st.column_config.NumberColumn(format="localized")
    numbers = {name: exact for name, value in rows[0].items() if isinstance(value, int)}
    st.dataframe(rows, hide_index=True, width="stretch", column_config=numbers)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        choose_batch("Images in a training step", batch, width=200)
        st.download_button("Totals (CSV)", to_csv(rows), "compared.csv", "text/csv", on_click="ignore")
    notes = dict.fromkeys(note for *_, anatomy in networks for note in anatomy.uncounted)
    st.caption(
        f"{counted(networks[0][2], unit).split(' Not counted at all')[0]} The peak is computed for a training step in 32-bit floats by "
        "SGD with momentum, with weights, gradients, optimiser state and what is kept for the backward pass."
        + (f" Not counted at all: {'; '.join(notes)}." if notes else "")
    )


def totals(spec: Spec, label: str, anatomy: Anatomy, peak: int, unit: str, batch: int) -> dict:
    """A row of exact numbers, with the same columns for every network."""
    return {
        "Network": label,
        "Name": spec.text,
        "Depth": depth_of(anatomy),
        "Shortcuts": kinds_of(shortcuts_of(anatomy)) or "none",
        "Parameters": anatomy.params,
        unit: UNITS[unit] * anatomy.macs,
        "Element-wise": anatomy.elementwise,
        "Activation bytes": anatomy.activation_bytes,
        f"Peak bytes, batch {batch}": peak,
    }

"""Tables of measured numbers in which what is no number any more has its word."""

import math
from collections.abc import Sequence

import streamlit as st

from explorer.numbers import printed


def show_numbers(rows: Sequence[dict], formats: dict[str, str]) -> None:
    """A table; `formats` has the columns of floats and how they are printed, such as "%.3g".

    Streamlit shows NaN as "None": a column that has one, or an infinity, is printed here, as text.
    """
    broken = {name for name in formats if not all(math.isfinite(row[name]) for row in rows)}
    shown = [row | {name: _printed(row[name], formats[name]) for name in broken} for row in rows]
    columns = {
        name: st.column_config.TextColumn(alignment="right") if name in broken else st.column_config.NumberColumn(format=form)
        for name, form in formats.items()
    }
    st.dataframe(shown, column_config=columns, hide_index=True, width="stretch")


def _printed(value: float, form: str) -> str:
    return form % value if math.isfinite(value) else printed(value)

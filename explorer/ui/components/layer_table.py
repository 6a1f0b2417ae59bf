"""A table of layers that can be sorted, walked by keyboard, and told from outside which row to show."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import streamlit as st

HTML = """
<div class="scroll" tabindex="0">
  <table role="grid">
    <colgroup></colgroup>
    <thead><tr></tr></thead>
    <tbody></tbody>
    <tfoot><tr></tr></tfoot>
  </table>
</div>
"""


@dataclass(frozen=True)
class Column:
    """One column: `field` of the rows under `title`; `kind` says how its values are written and aligned."""

    field: str
    title: str
    kind: Literal["text", "count", "bytes", "share"] = "text"
    help: str = ""


def layer_table(
    columns: Sequence[Column],
    rows: Sequence[Mapping],
    totals: Mapping,
    key: str,
    *,
    selected: Sequence[str] = (),
    height: int = 640,
    label: str = "Layers",
) -> str | None:
    """Draw `rows` (in their order until the reader sorts them) with `totals` below, `height` pixels high.

    The first column's value names a row. Rows named in `selected` are marked and the first of them is brought into
    sight. Returns the name of the row that the reader has just picked ("" where it was let go), once.
    """
    result = _table()(
        key=key,
        data={
            "columns": [asdict(column) for column in columns],
            "rows": [[row[column.field] for column in columns] for row in rows],
            "totals": [totals.get(column.field) for column in columns],
            "selected": list(selected),
            "height": height,
            "label": label,
        },
        on_picked_change=lambda: None,
    )
    return result.get("picked")


@st.cache_resource(show_spinner=False)
def _table():
    return st.components.v2.component("explorer.layer_table", html=HTML, css="layer_table.css", js="layer_table.js")

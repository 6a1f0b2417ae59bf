"""A table of layers that its reader filters, orders, groups and copies, and that is told from outside which row to show."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

import streamlit as st

from explorer.anatomy.columns import Column
from explorer.ui.components.reports import heard, hearing

__all__ = ["Column", "layer_table", "table_content"]

# Columns, by key, whose values the reader can choose from, and those by which rows can be put into groups.
FILTERS = ("kind", "stage")
GROUPS = ("stage", "block", "kind")

HTML = """
<div class="whole">
  <div class="tools" role="toolbar" aria-label="Table tools"></div>
  <div class="frame">
    <div class="scroll" tabindex="0">
      <table role="grid">
        <colgroup></colgroup>
        <thead><tr></tr></thead>
        <tbody></tbody>
        <tfoot><tr></tr></tfoot>
      </table>
    </div>
  </div>
</div>
"""


def layer_table(
    content: str,
    key: str,
    *,
    selected: Sequence[str] = (),
    on_pick: Callable[[str], None] = lambda name: None,
    view: str | None = None,
    on_view: Callable[[str], None] = lambda view: None,
    height: int = 640,
    label: str = "Layers",
) -> None:
    """Draw a table's `content`, with its tools `height` pixels high, in its own order until the reader sorts it.

    The first column's value names a row. Rows named in `selected` are marked and the first of them is brought into
    sight. `on_pick` hears the name of the row that the reader picks ("" where it is let go), before the page runs again.

    `view` is a short text of what the reader made of the table: filters, groups, order, columns; "" is the table as it
    comes, and what it names that this table has not is left out. `on_view` hears the new text, for the page to keep and
    give back. Without a `view` the table keeps its own.
    """

    def act(report: Mapping) -> None:
        if "picked" in report:
            on_pick(report["picked"])
        if "view" in report:
            on_view(report["view"])

    data = {"content": content, "selected": list(selected), "view": view, "height": height, "label": label}
    _table()(key=key, data=data | {"heard": heard(key)}, on_report_change=hearing(key, act))


def table_content(columns: Sequence[Column], rows: Sequence[Mapping], totals: Mapping) -> str:
    """What a table shows, as text for the browser: worth caching, for a network of 1202 layers has 4,000 rows.

    `totals` are of all rows; of the rows that a filter lets through, and of groups, the browser makes them as each
    column's `how` says.
    """
    keys = [column.key for column in columns]
    content = {
        "columns": [asdict(column) for column in columns],
        "rows": [[row[column.name] for column in columns] for row in rows],
        "totals": [totals.get(column.name) for column in columns],
        "filters": [key for key in FILTERS if key in keys],
        "groups": [key for key in GROUPS if key in keys],
    }
    return json.dumps(content, separators=(",", ":"))


@st.cache_resource(show_spinner=False)
def _table():
    return st.components.v2.component("explorer.layer_table", html=HTML, css="table/layer_table.css", js="table/layer_table.js")

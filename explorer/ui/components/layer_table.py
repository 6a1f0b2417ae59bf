"""A table of layers that can be sorted, walked by keyboard, and told from outside which row to show."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import streamlit as st

HTML = """
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
"""


@dataclass(frozen=True)
class Column:
    """A column of the rows by its name; `kind` says how its values are written and aligned."""

    name: str
    kind: Literal["text", "count", "bytes", "percent"] = "text"
    help: str = ""


def layer_table(
    content: str,
    key: str,
    *,
    selected: Sequence[str] = (),
    on_pick: Callable[[str], None] = lambda name: None,
    height: int = 640,
    label: str = "Layers",
) -> None:
    """Draw a table's `content`, `height` pixels high, in its own order until the reader sorts it.

    The first column's value names a row. Rows named in `selected` are marked and the first of them is brought into
    sight. `on_pick` hears the name of the row that the reader picks ("" where it is let go), before the page runs again.
    """

    def hear():
        name = st.session_state[key].get("picked")
        if name is not None:
            on_pick(name)

    _table()(
        key=key,
        data={"content": content, "selected": list(selected), "height": height, "label": label},
        on_picked_change=hear,
    )


def table_content(columns: Sequence[Column], rows: Sequence[Mapping], totals: Mapping) -> str:
    """What a table shows, as text for the browser: worth caching, for a network of 1202 layers has 4,000 rows."""
    content = {
        "columns": [asdict(column) for column in columns],
        "rows": [[row[column.name] for column in columns] for row in rows],
        "totals": [totals.get(column.name) for column in columns],
    }
    return json.dumps(content, separators=(",", ":"))


@st.cache_resource(show_spinner=False)
def _table():
    return st.components.v2.component("explorer.layer_table", html=HTML, css="layer_table.css", js="layer_table.js")

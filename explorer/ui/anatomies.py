"""What the pages on architecture draw from, taken apart once for all sessions. Torch is imported on first use: it takes
seconds, and the controls need not wait for it."""

import streamlit as st

from explorer.anatomy import table
from explorer.anatomy.columns import columns
from explorer.anatomy.layers import Anatomy
from explorer.networks.spec import parse_spec
from explorer.ui.components.layer_table import table_content


@st.cache_resource(max_entries=128, show_spinner="Taking the network apart…")
def anatomy(network: str) -> Anatomy:
    """Every layer of the network of this text. Raises `BadInput` where it cannot be taken apart."""
    from explorer.anatomy.of import anatomy_of

    return anatomy_of(parse_spec(network))


@st.cache_resource(max_entries=64, show_spinner=False)
def graph(network: str, unit: str) -> str:
    """What the network view draws."""
    from explorer.figures.graph import graph_json

    return graph_json(anatomy(network), unit)


@st.cache_resource(max_entries=64, show_spinner=False)
def layers(network: str, unit: str) -> str:
    """What the layer table shows."""
    whole = anatomy(network)
    rows = [row | {"Kernel": _window(row)} for row in table.rows(whole, unit)]
    return table_content(columns(unit), rows, table.totals(whole, unit))


def _window(row: dict) -> str:
    """`3×3 /2`, as the papers write it."""
    return row["Kernel"] + (f" /{row['Stride']}" if row["Stride"] not in ("", "1") else "")

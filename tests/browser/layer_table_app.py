"""A small app for test_layer_table_browser.py: one layer table whose state is the page's address, beside what it told."""

import streamlit as st

from explorer.anatomy import table
from explorer.anatomy.columns import columns
from explorer.anatomy.of import anatomy_of
from explorer.networks.spec import parse_spec
from explorer.ui.components.layer_table import layer_table, table_content
from explorer.ui.url import param, set_params

network = param("network", "cifar/basic-20")


@st.cache_resource
def content(network: str) -> str:
    anatomy = anatomy_of(parse_spec(network))
    return table_content(columns(), table.rows(anatomy), table.totals(anatomy))


layer_table(
    content(network),
    "layers",
    selected=[name for name in [param("selected")] if name],
    on_pick=lambda name: set_params(selected=name),
    view=param("table"),
    on_view=lambda view: set_params(table=view),
    height=520,
    label=f"Layers of {network}",
)

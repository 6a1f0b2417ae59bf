"""A small app for test_take_away_browser.py: the popover alone, of the network in the address."""

import streamlit as st

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.overlay import built_in
from explorer.figures.detail import opened
from explorer.networks.spec import parse_spec
from explorer.ui.architecture.take_away import take_away
from explorer.ui.url import param

spec = parse_spec(param("network"))
anatomy = st.cache_resource(anatomy_of)(spec)
overlay = next((one for one in built_in(anatomy, "MACs") if one.id == param("colour")), None)


@st.fragment
def show():
    take_away(spec, anatomy, opened(anatomy, param("detail", "folded")), overlay=overlay)


show()

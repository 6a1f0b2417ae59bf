"""The unit of work, MACs or FLOPs: the parameter `unit` of the address, and the control that sets it."""

import streamlit as st

from explorer.anatomy.table import UNITS
from explorer.ui.url import choice, set_params

DEFAULT = "MACs"


def unit_asked() -> str:
    """The unit that the address asks for, for what a page draws before the control."""
    return choice("unit", tuple(UNITS), DEFAULT)


def count_unit() -> str:
    """The control: what is counted here."""
    st.session_state["unit"] = unit_asked()
    return st.segmented_control("Count", UNITS, key="unit", required=True, on_change=_keep)


def _keep() -> None:
    unit = st.session_state["unit"]
    set_params(unit=None if unit == DEFAULT else unit)

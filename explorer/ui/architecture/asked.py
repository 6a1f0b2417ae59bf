"""What the address of the Architecture page asks for and there is not: shown as if it were not there, and said."""

from collections.abc import Collection, Mapping

import streamlit as st

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.outline import groups
from explorer.networks.options import either, shorten
from explorer.ui.architecture.selection import rows_of
from explorer.ui.say import say_warning
from explorer.ui.url import param

SEEN, EXCUSED = "asked network", "asked excused"


def say_what_is_not(anatomy: Anatomy, offered: Mapping[str, Collection[str]]) -> None:
    """A warning for each parameter that is none of the `offered` values, and for what this network has not.

    What was selected or opened in the network before goes without a word when its reader turns to another one.
    """
    for name, values in offered.items():
        if param(name) and param(name) not in values:
            _say(f"There is no {name}={shorten(param(name))}: use {either(values)}.")
    missing = missing_in(anatomy, param("selected"), param("toggled"))
    if st.session_state.get(SEEN, anatomy.network) != anatomy.network:
        st.session_state[EXCUSED] = missing
    st.session_state[SEEN] = anatomy.network
    unexcused = [name for name in missing if name not in st.session_state.get(EXCUSED, ())]
    if unexcused:
        more = f" and {len(unexcused) - 3} more" if len(unexcused) > 3 else ""
        _say(f"{anatomy.network} has no {', '.join(map(shorten, unexcused[:3]))}{more}, which the address selects or opens.")


def missing_in(anatomy: Anatomy, selected: str, toggled: str) -> list[str]:
    """Of what is selected (a layer or group) and toggled (groups, by commas), what this network has not."""
    known = {group.id for group in groups(anatomy)}
    gone = [name for name in toggled.split(",") if name and name not in known]
    return ([selected] if selected and not rows_of(anatomy, selected) else []) + gone


def _say(sentence):
    say_warning(sentence, ":material/link_off:")

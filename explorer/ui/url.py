"""The page's state in its address: what a person would want to share, and what Back and Forward walk through.

A page reads its state from here on every run, sets its controls to it, and writes every change back, so that the
address is the only place where that state is kept.
"""

from collections.abc import Sequence

import streamlit as st

SENT = "address-sent"

Address = dict[str, list[str]]


def param(name: str, default: str = "") -> str:
    """The value of a parameter; `default` where the address has none."""
    _forget_after_back()
    return st.query_params.get(name, default)


def choice(name: str, offered: Sequence[str], default: str) -> str:
    """A parameter of few values; any other text is the default."""
    value = param(name)
    return value if value in offered else default


def set_params(**values: str | None) -> None:
    """Change several parameters in one step of the browser's history; None or an empty text removes one.

    Not for a page whose widgets are bound with `bind="query-params"`: Streamlit guards their parameters.
    """
    asked = _address()
    outdated, sent = st.session_state.get(SENT, ([], asked))
    late = asked in outdated and asked != sent
    before = sent if late else asked
    after = before | {name: [value] for name, value in values.items()}
    after = {name: value for name, value in after.items() if value[0]}
    if after != before:
        st.session_state[SENT] = ([*outdated, before] if before == sent else [before], after)
    if after != asked:
        st.query_params.from_dict(after)


def keep_params() -> None:
    """For a click that changes nothing itself but may follow at once upon a change: that change is not lost.

    Such a click brings the address from before what `set_params` has just sent, while its change counts.
    """
    set_params()


def _address() -> Address:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _forget_after_back() -> None:
    """An address from before the last change, with no click or change that brings it, is where the browser's Back leads: it counts.

    What comes with a click has been put right by then, for callbacks come before the page.
    """
    outdated, sent = st.session_state.get(SENT, ([], None))
    if (asked := _address()) in outdated and asked != sent:
        del st.session_state[SENT]

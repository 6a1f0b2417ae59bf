"""The page's state in its address: what a person would want to share, and what Back and Forward walk through.

A page reads its state from here on every run, sets its controls to it, and writes every change back, so that the
address is the only place where that state is kept.
"""

from collections.abc import Sequence

import streamlit as st


def param(name: str, default: str = "") -> str:
    """The value of a parameter; `default` where the address has none."""
    return st.query_params.get(name, default)


def choice(name: str, offered: Sequence[str], default: str) -> str:
    """A parameter of few values; any other text is the default."""
    value = param(name)
    return value if value in offered else default


def set_params(**values: str | None) -> None:
    """Change several parameters in one step of the browser's history; None or an empty text removes one.

    Not for a page whose widgets are bound with `bind="query-params"`: Streamlit guards their parameters.
    """
    before = {name: st.query_params.get_all(name) for name in st.query_params}
    after = before | {name: [value] for name, value in values.items()}
    after = {name: value for name, value in after.items() if value[0]}
    if after != before:
        st.query_params.from_dict(after)

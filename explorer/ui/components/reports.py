"""What the page hears of its components, whose reports are numbered (frontend/shared/reports.js)."""

from collections.abc import Callable, Mapping

import streamlit as st


def hearing(key: str, act: Callable[[Mapping], None]) -> Callable[[], None]:
    """What is to be called on a report of the component of that key: its number is kept, and `act` gets all that it tells."""

    def hear() -> None:
        report = st.session_state[key].get("report")
        if report is not None:
            st.session_state[_place(key)] = report["number"]
            act({name: told for name, told in report.items() if name != "number"})

    return hear


def heard(key: str) -> int:
    """The number of the newest report, which the component is to be given: it does not believe a page that answers an older one."""
    return st.session_state.get(_place(key), 0)


def _place(key: str) -> str:
    return f"{key} heard"

"""What the page looks like to its reader."""

import streamlit as st

# How the key of a row ends that has both buttons and lists: Streamlit's buttons are lower, and the labels would not be level.
ONE_HEIGHT = "one-height"
# How the keys of buttons begin that are an icon to the eye and have words for a screen reader.
ICON_BUTTONS = ("hold", "stop", "first", "up", "down", "last")
_ICONS = ", ".join(f'[class*="st-key-{name}-"]' for name in ICON_BUTTONS)
# Streamlit leaves a hand's breadth above and beside every page; drawings, charts and tables want it, prose does not.
_STYLE = f"""<style>
.stMainBlockContainer {{ padding: 4.25rem 2.5rem 3rem; }}
[class*="st-key-paste"] {{ position: absolute; }}
.stMainBlockContainer h1 {{ padding-top: 0.5rem; }}
.stMain :is(.stMarkdown, [data-testid="stCaptionContainer"]) :is(p, li) {{ max-width: 60rem; }}
[class*="-{ONE_HEIGHT}"] .stButtonGroup [role=radio] {{ min-height: 2.5rem; }}
:is({_ICONS}) button[kind="tertiary"] [data-testid="stMarkdownContainer"] {{
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}}
</style>"""


def is_dark() -> bool:
    """Whether the reader has the dark theme."""
    return st.context.theme.type == "dark"


def use_whole_window() -> None:
    """Let every page's content reach nearly to the edges of the window; its sentences stay short enough to read."""
    st.html(_STYLE)

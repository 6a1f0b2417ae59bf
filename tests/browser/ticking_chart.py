"""A small app for test_chart_browser.py: one live chart, growing by ten points a second."""

import math
import time

import plotly.graph_objects as go
import streamlit as st

from explorer.ui.components.chart import chart

start = st.session_state.setdefault("start", time.monotonic())


@st.fragment(run_every=1)
def live():
    points = 20 + int(10 * (time.monotonic() - start))
    figure = go.Figure(layout={"title": {"text": "Error"}, "xaxis": {"title": {"text": "step"}}, "yaxis": {"title": {"text": "%"}}})
    # The first network joins late: what the reader hid must not move on to another trace.
    for name, rate in [("late", 30), ("plain", 50), ("residual", 90)][points < 60 :]:
        figure.add_scatter(name=name, x=list(range(points)), y=[1 + 99 * math.exp(-step / rate) for step in range(points)])
    chart(figure, "live", log_toggle=True, filename="error", view=st.session_state.get("view", ""))
    st.caption(f"{points} points")


st.text_input("Shows", key="view")
live()

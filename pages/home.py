"""Home: what this is, what this machine can do, recent runs, three doors. Paints without torch and without Plotly."""

import streamlit as st

st.title("Residual Explorer")

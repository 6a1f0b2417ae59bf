import streamlit as st

st.title("Reference")

"""Data in, Plotly figure or Graphviz source out; pure functions."""

"""The gradient lab: one module for each view of the page, each with its controls, its figures and its reading."""

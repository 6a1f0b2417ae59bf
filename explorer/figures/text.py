"""Anybody's words in a figure: in names of classes, data and runs Plotly is to find neither tags nor links nor fields."""


def figure_text(text: str) -> str:
    """One line that a figure shows as it is."""
    return " ".join(str(text).split()).replace("<", "‹").replace("%{", "% {")


def extra(name: str) -> str:
    """The end of a hover template: the name that stands beside the values."""
    return f"<extra>{figure_text(name)}</extra>"

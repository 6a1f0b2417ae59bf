"""What figures of several axes have in common: Plotly's names for the axes, the legend below, and lines that guide the eye."""

LEGEND = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"}
GUIDE = "#8C8C8C"  # legible on light and dark pages, and no family's colour
CURSOR = {"color": "rgba(128,128,128,0.9)", "width": 2, "dash": "dot"}


def axis_number(place: int) -> str:
    """Plotly calls the first axis x, the second x2."""
    return str(place + 1) if place else ""


def upright(x: float, line: dict, axis: str = "") -> dict:
    """A line from bottom to top at `x`, a shape of the axes x`axis` and y`axis`."""
    return {"type": "line", "xref": f"x{axis}", "yref": f"y{axis} domain", "x0": x, "x1": x, "y0": 0, "y1": 1, "line": line}

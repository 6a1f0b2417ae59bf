"""Architecture: choose a network; see it drawn, costed layer by layer, and where along its depth the costs lie."""

import re
from functools import partial

import streamlit as st

from explorer.anatomy import table
from explorer.errors import BadInput
from explorer.figures.detail import DEFAULT, DETAILS, opened
from explorer.networks.spec import parse_spec
from explorer.ui import format
from explorer.ui.components.chart import chart
from explorer.ui.components.layer_table import Column, layer_table, table_content
from explorer.ui.components.network_view import NetworkEvent, network_view
from explorer.ui.network_picker import network_picker
from explorer.ui.selection import rows_of
from explorer.ui.theme import is_dark
from explorer.ui.url import choice, param, set_params

UNITS = tuple(table.UNITS)
DEFAULT_UNIT = "MACs"
TABLE_HEIGHT = 480
# Drawing and table side by side: their shares of the page, which is narrower than the window by its padding and the gap.
SHARES = (11, 9)
PADDING = 96
# Below this size of the drawing beside the table, or width of the window in pixels, they stand one above the other.
LEAST_SCALE = 0.8
LEAST_WINDOW = 1600
# Stage and block are read off the layer's name, the stride stands beside the kernel; the CSV has them all.
LEFT_OUT = ("Stage", "Block", "Stride")
KINDS = {"Parameters": "count", "MACs": "count", "FLOPs": "count", "Element-wise": "count", "Activation bytes": "bytes",
         "Receptive field": "count", "Parameters %": "percent", "MACs %": "percent", "FLOPs %": "percent"}
PICTURES = {"svg": "image/svg+xml", "pdf": "application/pdf", "dot": "text/vnd.graphviz"}
HELP = {
    "Kernel": "Height × width, and after the slash the stride where it is not 1",
    "Parameters %": "Share of all parameters",
    "MACs %": "Share of all MACs",
    "FLOPs %": "Share of all FLOPs",
    "Element-wise": "Operations of biases, normalisation, activations, pooling and additions",
    "Activation bytes": "Memory of the layer's result in 32-bit floats, for one image",
    "Receptive field": "Side of the square of input pixels that one value of the result depends on",
}


@st.cache_resource(max_entries=64, show_spinner="Taking the network apart…")
def anatomy(network: str):
    # Here and not above: torch takes seconds to import, and the controls need not wait for it.
    from explorer.anatomy.of import anatomy_of

    return anatomy_of(parse_spec(network))


@st.cache_resource(max_entries=64, show_spinner=False)
def drawing(network: str, detail: str, toggled: str, dark: bool, kind: str = "svg") -> bytes:
    from explorer.figures.diagram import to_dot
    from explorer.figures.svg import render

    whole = anatomy(network)
    return render(to_dot(whole, opened(whole, detail, toggled.split(",")), dark), kind)


@st.cache_resource(max_entries=64, show_spinner=False)
def graph(network: str, unit: str) -> str:
    from explorer.figures.graph import graph_json

    return graph_json(anatomy(network), unit)


@st.cache_resource(max_entries=64, show_spinner=False)
def layers_of(network: str, unit: str) -> str:
    """What the layer table shows."""
    rows = [row | {"Kernel": kernel(row)} for row in table.rows(anatomy(network), unit)]
    columns = [Column(name, KINDS.get(name, "text"), HELP.get(name, "")) for name in rows[0] if name not in LEFT_OUT]
    return table_content(columns, rows, table.totals(anatomy(network), unit))


def main() -> None:
    st.title("Architecture")
    spec = network_picker("network", "cifar/basic-56", torchvision=True)
    unit = choice("unit", UNITS, DEFAULT_UNIT)
    try:
        show_totals(spec, unit)
        stack_where_narrow(spec)
        show_layers(spec, unit)
        show_costs(spec, unit)
    except BadInput as problem:
        st.error(str(problem))


def show_totals(spec, unit: str) -> None:
    whole = anatomy(spec.text)
    work = table.UNITS[unit] * whole.macs
    with st.container(horizontal=True, vertical_alignment="center", gap="large"):
        st.metric("Parameters", format.count(whole.params), width="content")
        st.metric(unit, format.si(work), width="content", help=f"Exactly {work:,}")
        st.metric("Element-wise operations", format.si(whole.elementwise), width="content")
        st.metric("Activation memory", format.bytes(whole.activation_bytes), width="content",
                  help="What the layers' results occupy for one image in 32-bit floats, if all are kept, as in training.")
        st.session_state["unit"] = unit
        st.segmented_control("Count", UNITS, key="unit", required=True, on_change=count_in)
    st.caption(table.counted(whole, unit))


def stack_where_narrow(spec) -> None:
    """The drawing above the table in windows where it could not be read beside it."""
    try:
        width = drawing_width(drawing(spec.text, DEFAULT, "", is_dark()).decode())
    except BadInput:
        return  # the drawing's own place says it
    needed = LEAST_SCALE * width * sum(SHARES) / SHARES[0] + PADDING
    columns = ".st-key-drawing-and-table .stColumn"
    st.html(f"<style>@media (max-width: {max(LEAST_WINDOW, round(needed)) - 1}px) {{ {columns} {{ min-width: 100%; }} }}</style>")


@st.fragment
def show_layers(spec, unit: str) -> None:
    """Drawing and table; a click in either runs this part of the page only."""
    selected = param("selected")
    left, right = st.container(key="drawing-and-table").columns(SHARES)
    with left:
        try:
            show_drawing(spec, unit)
        except BadInput as problem:
            st.error(str(problem))
        below_drawing(spec)
    with right:
        whole, name = anatomy(spec.text), f"Layers of {spec.title}"
        layer_table(layers_of(spec.text, unit), "layers", selected=rows_of(whole, selected), on_pick=select, height=TABLE_HEIGHT, label=name)
        with st.container(horizontal=True, horizontal_alignment="right"):
            csv = partial(table.to_csv, whole, unit)
            st.download_button("Layer table (CSV)", csv, f"{file_name(spec)}.csv", "text/csv", on_click="ignore")


def show_drawing(spec, unit: str) -> None:
    network_view(
        graph(spec.text, unit),
        "drawing",
        detail=choice("detail", DETAILS, DEFAULT),
        toggled=param("toggled").split(","),
        selected=param("selected"),
        find=param("find"),
        on_event=clicked,
        label=f"{spec.title}, drawn",
    )


def below_drawing(spec) -> None:
    shown = choice("detail", DETAILS, DEFAULT), param("toggled")
    with st.popover("Save drawing"):
        for kind, mime in PICTURES.items():
            # Dark on white, whatever the page is.
            picture = partial(drawing, spec.text, *shown, False, kind)
            st.download_button(kind.upper(), picture, f"{file_name(spec)}.{kind}", mime, on_click="ignore", width="stretch")


def show_costs(spec, unit: str) -> None:
    from explorer.figures.costs import cost_bars

    chart(cost_bars(anatomy(spec.text), unit), "costs", height=420, log_toggle=True, filename=f"{file_name(spec)}-costs", view=spec.text)


def drawing_width(svg: str) -> float:
    """In the drawing's own pixels."""
    return float(re.search(r'viewBox="\S+ \S+ (\S+) ', svg)[1])


def kernel(row: dict) -> str:
    """`3×3 /2`, as the papers write it."""
    return row["Kernel"] + (f" /{row['Stride']}" if row["Stride"] not in ("", "1") else "")


def clicked(event: NetworkEvent) -> None:
    if event.kind == "select":
        select(event.target)
    elif event.kind == "detail":
        set_params(detail=None if event.target == DEFAULT else event.target)
    else:
        set_params(**{event.kind: event.target})


def select(name: str) -> None:
    set_params(selected=name)


def count_in() -> None:
    unit = st.session_state["unit"]
    set_params(unit=None if unit == DEFAULT_UNIT else unit)


def file_name(spec) -> str:
    return re.sub(r"[^a-z0-9.=-]+", "-", spec.text.lower())


main()

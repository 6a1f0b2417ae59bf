"""Architecture: choose a network; see it drawn, coloured and costed layer by layer; take it with you."""

import streamlit as st

from explorer.anatomy import table
from explorer.errors import BadInput
from explorer.figures import detail
from explorer.ui import format
from explorer.ui.anatomies import anatomy, graph, layers
from explorer.ui.architecture.asked import say_what_is_not
from explorer.ui.architecture.memory import memory_panel
from explorer.ui.architecture.overlays import COLOURS, KIND, colour, overlays, shown_step
from explorer.ui.architecture.selection import rows_of
from explorer.ui.architecture.take_away import file_name, take_away
from explorer.ui.components.chart import chart
from explorer.ui.components.layer_table import layer_table
from explorer.ui.components.network_view import NetworkEvent, network_view
from explorer.ui.network_picker import network_picker
from explorer.ui.say import say_error
from explorer.ui.unit import count_unit, unit_asked
from explorer.ui.url import choice, param, set_params

HEIGHT = 640
# Drawing and table side by side: their shares of the page; in narrower windows, in pixels, one stands above the other.
SHARES = (11, 9)
SIDE_BY_SIDE = 1600
_STACKED = f"<style>@media (max-width: {SIDE_BY_SIDE - 1}px) {{ .st-key-drawing-and-table .stColumn {{ min-width: 100%; }} }}</style>"


def main() -> None:
    st.title("Architecture")
    spec = network_picker("network", "cifar/basic-56", torchvision=True)
    unit = unit_asked()
    try:
        whole = anatomy(spec.text)
    except BadInput as problem:
        say_error(problem)
        return
    say_what_is_not(whole, {"unit": table.UNITS, "detail": detail.DETAILS, "colour": COLOURS})
    show_totals(whole, unit)
    st.html(_STACKED)
    show_layers(spec, whole, unit)
    st.caption(table.counted(whole, unit))
    show_costs(spec, whole, unit)
    st.subheader("Memory")
    memory_panel(whole)


def show_totals(whole, unit: str) -> None:
    work = table.UNITS[unit] * whole.macs
    with st.container(horizontal=True, vertical_alignment="center", gap="large"):
        st.metric("Parameters", format.count(whole.params), width="content")
        st.metric(unit, format.si(work), width="content", help=f"Exactly {work:,}")
        st.metric("Element-wise operations", format.si(whole.elementwise), width="content")
        st.metric("Activation memory", format.bytes(whole.activation_bytes), width="content",
                  help="What the layers' results occupy for one image in 32-bit floats, if all are kept.")
        count_unit()


@st.fragment
def show_layers(spec, whole, unit: str) -> None:
    """Drawing and table; a click in either runs this part of the page only."""
    level = choice("detail", detail.DETAILS, detail.DEFAULT)
    toggled = frozenset(filter(None, param("toggled").split(",")))
    chosen, selected = colour(), param("selected")
    offered = overlays(spec, whole, unit, chosen)
    step = shown_step(offered, chosen)
    left, right = st.container(key="drawing-and-table").columns(SHARES)
    with left:
        network_view(
            graph(spec.text, unit), "drawing", detail=level, toggled=toggled, selected=selected, overlays=offered, colour=chosen,
            step=step or "", find=param("find"), heights=(300, HEIGHT), label=f"{spec.title}, drawn", on_event=heard,
        )  # fmt: skip
    with right:
        layer_table(
            layers(spec.text, unit), "layers", selected=rows_of(whole, selected), on_pick=lambda name: set_params(selected=name),
            view=param("table"), on_view=lambda view: set_params(table=view), height=HEIGHT, label=f"Layers of {spec.title}",
        )  # fmt: skip
    laid = next((one for one in offered if one.id == chosen and one.values), None)
    row = laid.steps.index(int(step)) if laid and step else -1
    with st.container(horizontal_alignment="right"):
        take_away(spec, whole, detail.opened(whole, level, toggled), unit, laid, row)


def heard(event: NetworkEvent) -> None:
    """What the reader did in the drawing goes into the address."""
    defaults = {"detail": detail.DEFAULT, "colour": KIND}
    name = "selected" if event.kind == "select" else event.kind
    # Another overlay has steps and quantities of its own.
    others = {"step": None, "quantity": None} if name == "colour" else {}
    set_params(**{name: None if event.target == defaults.get(name) else event.target}, **others)


def show_costs(spec, whole, unit: str) -> None:
    from explorer.figures.costs import cost_bars

    chart(cost_bars(whole, unit), "costs", height=420, log_toggle=True, filename=file_name(spec, "-costs"), view=spec.text)


main()

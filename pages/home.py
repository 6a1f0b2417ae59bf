"""Home: what this is, what this machine can do, recent runs, four doors. Paints without torch and without Plotly."""

import streamlit as st

from explorer.data.datasets import datasets_at_hand
from explorer.figures.degradation import degradation_svg, measured_errors
from explorer.machine.folders import ASSETS
from explorer.machine.state import machine_state
from explorer.runs.folder import list_runs
from explorer.runs.status import read_status
from explorer.training.presets import PRESETS
from explorer.ui import format
from explorer.ui.theme import is_dark

MEASURED = ASSETS / "degradation.csv"
RECENT = 5
WIDTH = 1100


def introduce() -> None:
    st.title("Residual Explorer")
    st.markdown(
        "A deeper network can imitate a shallower one: it need only let its extra layers do nothing. And yet a *plain* "
        "network of 56 layers ends up **worse on its own training images** than one of 20, so it is not overfitting. "
        "Add a shortcut around every two layers and the deeper network wins. That is the *degradation problem* and its "
        "cure, from He, Zhang, Ren and Sun, [Deep Residual Learning](https://arxiv.org/abs/1512.03385) (2015). "
        "Here you can see it happen, on real pictures, on your own machine."
    )
    st.image(degradation_svg(measured_errors(MEASURED), dark=is_dark()), width=WIDTH,
             alt="Four networks layer by layer with their training errors: the deep plain one is worst, the deep residual one best")
    st.caption("Measured here: means of five seeds after four epochs on 4,000 handwritten digits, with the recipe of the Train page's "
               "preset.")


def open_doors() -> None:
    doors = (
        ("See an architecture", "The network as a graph, and what each layer costs in parameters, multiply-adds and memory.",
         "../pages/architecture.py", {"network": "cifar/basic-56"}, ":material/account_tree:"),
        ("Watch degradation happen", "Four networks train side by side, in minutes: their errors and gradient norms, live.",
         "../pages/train.py", {"preset": "degradation"}, ":material/show_chart:"),
        ("See why a shortcut helps", "Gradients at initialisation and through training, lesions of trained networks, the loss around them.",
         "../pages/gradients.py", {}, ":material/stacked_line_chart:"),
        ("Look inside an answer",
         "Your own picture or a sample: what several networks say it is, where they look, and what each block adds.",
         "../pages/classify.py", {}, ":material/image_search:"),
    )
    for column, (title, text, page, query, icon) in zip(st.columns(len(doors)), doors):
        with column.container(border=True, height="stretch"):
            st.page_link(page, label=f"**{title}**", icon=icon, query_params=query)
            st.caption(text)


def ask_questions() -> None:
    st.subheader("Ask your own machine")
    st.caption("Each question trains its networks, in minutes where they learn digits, and sets what the paper found beside what yours "
               "did.")
    with st.container(horizontal=True):
        for preset in PRESETS.values():
            st.page_link("../pages/train.py", label=preset.short, icon=":material/help:", query_params={"preset": preset.name},
                         help=preset.title)


def show_recent_runs() -> None:
    st.subheader("Recent runs")
    runs = list_runs()[:RECENT]
    if not runs:
        st.caption("None yet. The second door starts four.")
    for run in runs:
        status = read_status(run)
        name = run.config.network if run.config else run.id
        errors = status.latest.get("val_error")
        note = f"{status.state}" + (f", validation error {format.percent(errors)}" if errors is not None else "")
        st.page_link("../pages/train.py", label=f"{format.plain(name)} · {note}", query_params={"runs": run.id})
    if runs:
        st.page_link("../pages/runs.py", label="All runs", icon=":material/list_alt:")


def show_machine() -> None:
    st.subheader("This machine")
    machine = machine_state()
    bf16 = {True: "yes, training uses it", False: "no, training uses 32-bit floats", None: "not known before the first run"}
    at_hand = [name for name, here in datasets_at_hand().items() if here]
    facts = {
        "Device": machine.device,
        "Fast bfloat16": bf16[machine.bf16],
        "Graphs drawn by": machine.graphviz,
        "Data sets at hand": ", ".join(at_hand),
        "Memory": format.bytes(machine.memory_bytes),
        "Runs are kept in": f"{format.plain(machine.data_folder)} ({format.bytes(machine.free_bytes)} free)",
    }
    st.markdown("\n".join(f"- {name}: **{value}**" for name, value in facts.items()))


introduce()
open_doors()
ask_questions()
left, right = st.columns(2, gap="large")
with left:
    show_recent_runs()
with right:
    show_machine()

"""How much memory a network takes for a batch: controls, bars, what is counted, and what would fit into this machine."""

import re

import streamlit as st

from explorer.anatomy.largest_batch import largest_batch
from explorer.anatomy.layers import Anatomy
from explorer.anatomy.memory import LARGEST_BATCH, OPTIMISERS, PRECISIONS, memory_of
from explorer.machine.hardware import training_memory
from explorer.networks.options import either
from explorer.ui import format
from explorer.ui.batch import batch_asked, choose_batch
from explorer.ui.components.chart import chart
from explorer.ui.url import param, set_params

DEFAULTS = {"precision": "fp32", "optimiser": "momentum"}
ABOUT_PARTS = {
    "Weights": "The parameters, 4 bytes each; under autocast they stay so.",
    "Buffers": "Numbers that are kept but not learned, such as the running means and variances of batch normalisation.",
    "Gradients": "One number for each trainable parameter, as far as they are there at the peak.",
    "Optimiser state": "What the optimiser remembers of each parameter: nothing (SGD), one number (momentum) or two (Adam).",
    "Images": "The batch itself, in 32-bit floats.",
    "Activations kept for backward": "Results of the forward pass that the backward pass reads again: they grow with the batch.",
    "Working memory": "What comes and goes: signals on their way through the network, and the optimiser's copies.",
}
COUNTED = (
    "The peak is within 15% of what PyTorch's allocator records beside what convolutions need inside (workspace and reordered "
    "copies), which on a CPU makes peaks in bf16 up to 37% larger. Not counted either: the allocator's rounding and gaps, PyTorch "
    "itself and the CUDA context (some hundred MB), and whatever else the machine is busy with."
)


@st.fragment
def memory_panel(anatomy: Anatomy) -> None:
    """The memory of a training step, or of inference, for what the address asks for: `batch`, `precision`, `optimiser`."""
    batch, precision, optimiser = batch_asked(), _one_of("precision", PRECISIONS), _one_of("optimiser", OPTIMISERS)
    _controls(batch, precision, optimiser)
    memory = memory_of(anatomy, batch, precision, optimiser)
    st.markdown(verdict(anatomy, batch, precision, optimiser, *training_memory()))
    _bars(anatomy, batch, precision, optimiser)
    parts = {part: size for part, size in memory.parts().items() if size}
    rows = [f"| {part} | {format.bytes(size)} | {format.percent(size / memory.peak)} | {ABOUT_PARTS[part]} |" for part, size in parts.items()]
    total = f"| **Peak** | **{format.bytes(memory.peak)}** | | It comes {memory.moment}. |"
    st.markdown("\n".join(["| Part | At the peak | Share | |", "|---|--:|--:|---|", *rows, total]))
    st.caption(COUNTED)


def verdict(anatomy: Anatomy, batch: int, precision: str, optimiser: str, where: str, room: int) -> str:
    """Whether the batch fits into the `room` bytes of `where`, and the largest batch that would, in Markdown."""
    peak, most = memory_of(anatomy, batch, precision, optimiser).peak, largest_batch(anatomy, room, precision, optimiser)
    there = f"the {format.bytes(room)} of {where}"
    if not most:
        return f":red[**Not even one image fits**] into {there}: it takes {format.bytes(memory_of(anatomy, 1, precision, optimiser).peak)}."
    largest = f"The largest batch that fits is {most:,}." if most < LARGEST_BATCH else f"So does any other, up to {LARGEST_BATCH:,}."
    images = f"{batch:,} images" if batch > 1 else "one image"
    if peak <= room:
        return f":green[**A batch of {images} fits**] into {there}: it takes {format.bytes(peak)}, {format.percent(peak / room)}. {largest}"
    return f":red[**A batch of {images} does not fit**] into {there}: it takes {format.bytes(peak)}. {largest}"


def _one_of(name, offered):
    """What the address asks for. What cannot be is said, and is the default instead."""
    value = param(name, DEFAULTS[name])
    if value in offered:
        return value
    st.warning(f"There is no {name} {format.plain(value)}: use {either(offered)}. Here it is {DEFAULTS[name]}.")
    return DEFAULTS[name]


def _controls(batch: int, precision: str, optimiser: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.session_state["memory precision"], st.session_state["memory optimiser"] = precision, optimiser
        choose_batch("Batch", batch, width=150)
        st.selectbox("Precision", PRECISIONS, format_func=PRECISIONS.get, key="memory precision", width=290, on_change=_write,
                     args=("precision",), help="Under autocast most activations are in bf16, half as large; the weights stay as they are.")
        st.selectbox("Optimiser", OPTIMISERS, format_func=OPTIMISERS.get, key="memory optimiser", width=230, on_change=_write,
                     args=("optimiser",), help="Momentum remembers one number of each weight, Adam two.")


def _bars(anatomy, batch, precision, optimiser):
    uses = {"Inference": "none"} if optimiser == "none" else {"Training step": optimiser, "Inference": "none"}
    memories = {name: memory_of(anatomy, batch, precision, use) for name, use in uses.items()}
    from explorer.figures.memory import memory_bars  # Plotly: not before there is something to draw

    name = re.sub(r"[^a-z0-9.=-]+", "-", anatomy.network.lower())
    view = f"{anatomy.network} {batch} {precision} {optimiser}"
    title = f"Memory of {anatomy.title} at its peak, {batch:,} image{'s' if batch > 1 else ''}, {PRECISIONS[precision]}"
    figure = memory_bars(memories, training_memory()[1], title)
    chart(figure, "memory", height=180 + 60 * len(uses), filename=f"{name}-memory", view=view)


def _write(name):
    value = st.session_state[f"memory {name}"]
    set_params(**{name: None if value == DEFAULTS[name] else value})

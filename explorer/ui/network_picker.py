"""Controls that choose one network. Its canonical text, in the page's address, is the only state they have."""

import re

import streamlit as st

from explorer.networks.depths import depth_rule, layers_per_block
from explorer.networks.options import BLOCK_TYPES
from explorer.networks.spec import (
    NetworkSpec,
    SpecError,
    TorchvisionSpec,
    nearest_depths,
    options,
    parse_spec,
    possible_depths,
    standard_depths,
)
from explorer.networks.torchvision_names import TORCHVISION_NAMES
from explorer.ui.url import param, set_params

Spec = NetworkSpec | TorchvisionSpec

# Streamlit's buttons are lower than its lists: labels in a row would stand at two heights.
_ONE_HEIGHT = "<style>.st-key-network-picker .stButtonGroup [role=radio] { min-height: 2.5rem; }</style>"

STEMS = {"cifar": "CIFAR", "imagenet": "ImageNet", "torchvision": "torchvision"}
# What a list of networks to choose from holds; all others can be typed.
LISTED_WIDTHS = (8, 16)
LISTED_DEPTH = 164
# Where an option stands says how often it is wanted; `options` says whether the block has it at all.
IN_SIGHT = ("shortcut", "width", "input")
UNDER_MORE = ("stride", "norm", "init", "zero_init", "gate_bias", "dropout", "channels", "classes")
LABELS = {
    "shortcut": ("Shortcut", "Where a block changes shape: A pads with zeros, B projects there only, C projects everywhere."),
    "width": ("Width", "Channels of the first stage; each further stage has twice as many."),
    "input": ("Input", "Side of the square input, in pixels."),
    "stride": ("Stride in", "Which convolution of a bottleneck halves the size: the first 1x1 (the paper) or the 3x3 (v1.5)."),
    "norm": ("Normalisation", "After each convolution: batch normalisation, or none."),
    "init": ("Initialisation", "How the weights start: He (the paper), Xavier, or as torch does."),
    "zero_init": ("Residual branches start at zero", "The last normalisation of each block starts with a scale of zero."),
    "gate_bias": ("Gate bias", "Where the gates start; the more negative, the more a block carries its input through."),
    "dropout": ("Dropout", "Share of activations dropped while training."),
    "channels": ("Input channels", "3 for colour, 1 for grey."),
    "classes": ("Classes", "Outputs of the classifier."),
}


def network_picker(key: str = "network", default: str = "cifar/basic-56", *, torchvision: bool = False) -> Spec:
    """The network that the address names in the parameter `key`, with controls that change it there.

    The controls offer what the chosen stem and block have and nothing else; `torchvision` adds its models as a third
    stem. What cannot be is refused with the reason and the nearest that can; for an address that names no network
    the nearest is also what the controls show and the result is.
    """
    text = param(key, default)
    try:
        spec = parse_spec(text)
        if isinstance(spec, TorchvisionSpec) and not torchvision:
            raise SpecError(f"{text} is torchvision's: here choose one of this project's own networks, such as {default}.")
    except SpecError as problem:
        spec = _refuse(key, text, problem, default)
    st.html(_ONE_HEIGHT)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="network-picker"):
        _stem_and_block(key, spec, torchvision)
        if isinstance(spec, NetworkSpec):
            _depth(key, spec)
            _options(key, spec, IN_SIGHT)
            with st.popover("More", help="The other options of this network"):
                _text(key, spec)
                _blocks(key, spec)
                _options(key, spec, UNDER_MORE)
    _say(key)
    return spec


def changed(spec: Spec, field: str, value) -> Spec:
    """`spec` with another value in one field. Raises `SpecError`.

    Another stem or block takes along the options that it has too, and the nearest depth that it can have.
    """
    if field == "text":
        return parse_spec(value)
    if field == "model" or value == "torchvision":
        return TorchvisionSpec("resnet50" if field == "stem" else value)
    if isinstance(spec, TorchvisionSpec):
        return parse_spec("cifar/basic-56" if value == "cifar" else "imagenet/bottleneck-50")
    if field in ("stem", "block"):
        return _moved(spec, **{"stem": spec.stem, "block": spec.block, field: value})
    return spec.variant(**{field: value})


def alternatives(text: str, default: str) -> tuple[str, ...]:
    """Networks that can be, near one that cannot; the nearest first."""
    named = re.match(r"(cifar|imagenet)/(.+)-(\d{1,9})(\?|$)", text.strip().lower())
    if named:
        stem, block, depth, _ = named.groups()
        try:
            depths = sorted(nearest_depths(stem, block, int(depth)), key=lambda near: abs(near - int(depth)))
            return tuple(f"{stem}/{block}-{near}" for near in depths)
        except (SpecError, KeyError, ValueError):
            pass
    return (default,)


def offered_networks() -> list[str]:
    """Every CIFAR network worth a place in a list, by its text."""
    return [
        NetworkSpec(stem="cifar", block=block, depth=depth, width=width).text
        for width in LISTED_WIDTHS
        for block in _blocks_of("cifar")
        for depth in standard_depths("cifar", block)
        if depth <= LISTED_DEPTH
    ]


def _moved(spec, stem, block):
    if (stem, block) == ("cifar", "vgg"):
        block = "plain"
    usual = NetworkSpec(stem=spec.stem, block=spec.block, depth=possible_depths(spec.stem, spec.block)[0])
    # Sizes belong to the data that the stem is for.
    bound = {"blocks"} | ({"width", "input", "classes"} if stem != spec.stem else set())
    kept = {
        name: getattr(spec, name)
        for name in options(stem, block).keys() - bound
        if getattr(spec, name) not in (None, getattr(usual, name))
    }
    depth = min(nearest_depths(stem, block, spec.depth), key=lambda near: abs(near - spec.depth))
    return NetworkSpec(stem=stem, block=block, depth=depth, **kept)


def _change(key, field, value=None):
    """A control was used: the new network goes into the address, or the reason why not onto the page."""
    spec = parse_spec(st.session_state[f"{key} shown"])
    chosen = value if value is not None else st.session_state[f"{key} {field}"]
    try:
        new = changed(spec, field, chosen)
    except SpecError as problem:
        near = alternatives(f"{spec.stem}/{spec.block}-{chosen}", "") if field == "depth" else ()
        st.session_state[f"{key} said"] = (str(problem), tuple(filter(None, near)))
        return
    if field in ("stem", "block") and isinstance(new, NetworkSpec) and new.depth != getattr(spec, "depth", new.depth):
        note = f"{BLOCK_TYPES[new.block].title} on the {STEMS[new.stem]} stem has no {spec.depth} layers: this is the nearest, {new.depth}."
        st.session_state[f"{key} said"] = (note, ())
    set_params(**{key: new.text})


def _control(key, field, value):
    """Arguments of a widget for `field`: it shows `value`, whatever it showed before, and reports to `_change`."""
    st.session_state[f"{key} {field}"] = value
    return {"key": f"{key} {field}", "on_change": _change, "args": (key, field)}


def _stem_and_block(key, spec, torchvision):
    st.session_state[f"{key} shown"] = spec.text
    stem = spec.stem if isinstance(spec, NetworkSpec) else "torchvision"
    stems = [name for name in STEMS if torchvision or name != "torchvision"]
    help = "CIFAR: 3x3 convolution and 3 stages, 32 px. ImageNet: 7x7 convolution, max-pool and 4 stages, 224 px."
    st.segmented_control("Stem", stems, format_func=STEMS.get, required=True, help=help, **_control(key, "stem", stem))
    if isinstance(spec, TorchvisionSpec):
        st.selectbox("Model", TORCHVISION_NAMES, width=280, **_control(key, "model", spec.name))
        return
    titles = {block: BLOCK_TYPES[block].title for block in _blocks_of(spec.stem)}
    st.selectbox("Block", list(titles), format_func=titles.get, width=220, **_control(key, "block", spec.block))


def _blocks_of(stem):
    return [block for block in BLOCK_TYPES if (stem, block) != ("cifar", "vgg")]


def _depth(key, spec):
    offered = standard_depths(spec.stem, spec.block)
    if spec.depth not in offered or spec.blocks:
        offered = tuple(sorted({*offered, spec.depth}))
    help = f"Weighted layers: {depth_rule(spec.stem, spec.block)}."
    st.segmented_control("Depth", offered, required=True, help=help, **_control(key, "depth", spec.depth))
    if spec.stem == "cifar":
        step = 3 * layers_per_block(spec.block)
        control = _control(key, "any", spec.depth) | {"on_change": _any_depth, "args": (key,)}
        st.number_input("Any depth", min_value=1, step=step, width=130, help=help, **control)


def _any_depth(key):
    _change(key, "depth", st.session_state[f"{key} any"])


def _options(key, spec, fields):
    for field, offered in options(spec.stem, spec.block).items():
        if field not in fields:
            continue
        label, help = LABELS[field]
        value = getattr(spec, field)
        control = _control(key, field, value)
        if isinstance(value, bool):
            st.toggle(label, help=help, **control)
        elif isinstance(value, str):
            st.segmented_control(label, offered, required=True, help=help, **control)
        else:
            values = sorted({*offered, value}, key=float)
            width = 110 if fields is IN_SIGHT else "stretch"
            st.selectbox(label, values, format_func=_number, accept_new_options=True, width=width, help=help, **control)


def _number(value):
    return f"{value:g}" if isinstance(value, float) else str(value)


def _text(key, spec):
    help = "The network's name, as the command line and run folders write it. Any other can be typed or pasted here."
    st.text_input("Network", help=help, **_control(key, "text", spec.text))


def _blocks(key, spec):
    control = _control(key, "blocks", "-".join(map(str, spec.stage_blocks)))
    st.text_input("Blocks in each stage", help="Such as 3-4-6-3; the depth follows from them.", **control)


def _say(key):
    """The last control's refusal or note, once."""
    said, near = st.session_state.pop(f"{key} said", ("", ()))
    if near or said:
        (st.warning if near else st.info)(said)
    _offer(key, near)


def _refuse(key, text, problem, default):
    """Say why not; the network to show instead."""
    near = alternatives(text, default)
    st.error(f"{problem} Shown instead: {near[0]}.")
    _offer(key, near)
    return parse_spec(near[0])


def _offer(key, networks):
    if not networks:
        return
    with st.container(horizontal=True):
        for network in networks:
            st.button(f"Show {network}", key=f"{key} offer {network}", on_click=set_params, kwargs={key: network})

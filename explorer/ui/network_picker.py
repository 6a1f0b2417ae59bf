"""Controls that choose one network. Its canonical text, kept by the page, is the only state they have."""

from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from explorer.networks.changes import Spec, alternatives, changed, differing, with_defaults
from explorer.networks.depths import depth_rule, layers_per_block
from explorer.networks.options import BLOCK_TYPES, Option, SpecError, applicable
from explorer.networks.spec import NetworkSpec, TorchvisionSpec, options, parse_spec, standard_depths
from explorer.networks.torchvision_names import TORCHVISION_NAMES
from explorer.ui.format import plain
from explorer.ui.theme import ONE_HEIGHT
from explorer.ui.url import param, set_params

STEMS = {"cifar": "CIFAR", "imagenet": "ImageNet", "torchvision": "torchvision"}
STEM_HELP = "CIFAR: 3×3 convolution and 3 stages, 32 px. ImageNet: 7×7 convolution, max-pool and 4 stages, 224 px."
NAME_HELP = "The network's name, as the command line and run folders write it. Any other can be typed or pasted here."
# What a list of networks to choose from holds; all others can be typed.
LISTED_WIDTHS = (8, 16)
LISTED_DEPTH = 164
# The panel's two columns: what the network computes, and how large it is.
COLUMNS = (("shortcut", "stride", "norm", "init", "zero_init"),
           ("width", "blocks", "input", "channels", "classes", "dropout", "gate_bias"))
# A panel of two columns wants more room than Streamlit's popovers take.
_STYLE = """<style>[class*="-picker-panel"] { width: min(46rem, 88vw); }</style>"""


def network_picker(
    key: str = "network",
    default: str = "cifar/basic-56",
    *,
    torchvision: bool = False,
    value: str | None = None,
    on_change: Callable[[str], None] | None = None,
    stacked: bool = False,
) -> Spec:
    """The network that the address names in the parameter `key`, with controls that change it there.

    A page that keeps its networks otherwise gives the `value` to show and is told the new one by `on_change`. Pickers of
    one page need different keys. `stacked` puts everything one below another, for a popover or a narrow column.

    The controls offer what the chosen stem and block have and nothing else; `torchvision` adds its models as a third
    stem. What cannot be is refused beside the control, with the reason and the nearest that can, and stays there to be
    mended; for a text that names no network the nearest is also what the controls show and the result is.
    """
    text = param(key, default) if value is None else value
    put = on_change or (lambda new: set_params(**{key: new}))
    st.html(_STYLE)
    try:
        spec = _parsed(text, torchvision, default)
    except SpecError as problem:
        near = alternatives(text) or (default,)
        st.error(f"{plain(problem, most=600)} Shown instead: {near[0]}.")
        _offer(f"{key} address", near, put)
        spec = parse_spec(near[0])
    else:
        text = spec.text
    picker = _Picker(key, spec, text, torchvision, default, put)
    picker.stacked() if stacked else picker.in_a_row()
    return spec


def offered_networks() -> list[str]:
    """Every CIFAR network worth a place in a list, by its text."""
    return [
        NetworkSpec(stem="cifar", block=block, depth=depth, width=width).text
        for width in LISTED_WIDTHS
        for block in _blocks_of("cifar")
        for depth in standard_depths("cifar", block)
        if depth <= LISTED_DEPTH
    ]


@dataclass(frozen=True)
class Refusal:
    """What was given in a control and cannot be: why not, and what near it can."""

    given: object
    reason: str
    near: tuple[str, ...] = ()


@dataclass
class Notes:
    """What one picker knows beside the network: refusals by control, as long as this network is the one shown, and a note."""

    network: str
    refused: dict[str, Refusal] = field(default_factory=dict)
    note: str = ""


class _Picker:
    """One run's controls for `spec`; `text` is its name, or what was given in its place. `put` takes a new network's name
    to where the page keeps it."""

    def __init__(self, key: str, spec: Spec, text: str, torchvision: bool, default: str, put: Callable[[str], None]):
        self.key, self.spec, self.text, self.torchvision, self.default, self.put = key, spec, text, torchvision, default, put
        self.notes = st.session_state.get(f"{key} notes")
        if self.notes is None or self.notes.network != spec.text:
            self.notes = st.session_state[f"{key} notes"] = Notes(spec.text)

    def in_a_row(self):
        """What is changed often; the panel of all options behind a button."""
        in_row = ["stem", "model", "block", "depth", "any", "shortcut in sight", "text"]
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{self.key}-picker-{ONE_HEIGHT}"):
            self.kind()
            if isinstance(self.spec, NetworkSpec):
                self.depth()
                if "shortcut" in options(self.spec.stem, self.spec.block):
                    offered = options(self.spec.stem, self.spec.block)["shortcut"]
                    arguments = self.control("shortcut in sight", self.spec.shortcut, "shortcut")
                    st.segmented_control("Shortcut", offered, required=True, help=_help("shortcut"), **arguments)
            with st.container(horizontal=True, vertical_alignment="bottom", gap="small", width=370):
                self.name()
                if isinstance(self.spec, NetworkSpec):
                    with st.popover("More", help="Every option of this network, explained"):
                        self.panel()
        for control in in_row:
            self.refusal(control)
        self.note()

    def stacked(self):
        """All of it, one below another."""
        with st.container(gap="small", key=f"{self.key}-picker-stack"):
            for control, draw in (("text", self.name), ("stem", self.kind)):
                draw()
                self.refusal(control)
            self.refusal("block")
            self.note()
            if isinstance(self.spec, NetworkSpec):
                self.about()
                self.depth()
                self.refusal("any")
                for column in COLUMNS:
                    self.column(column)
                self.reset()

    def panel(self):
        """Every option with what it does; the network in words above, the way back to the defaults below."""
        with st.container(key=f"{self.key}-picker-panel"):
            self.about()
            for place, column in zip(st.columns(2, gap="medium"), COLUMNS):
                with place:
                    self.column(column)
            self.reset()

    def column(self, keys):
        for option in applicable(self.spec.block):
            if option.key in keys:
                self.option(option)

    def kind(self):
        """Stem and block, or the model of torchvision."""
        stems = [name for name in STEMS if self.torchvision or name != "torchvision"]
        stem = self.spec.stem if isinstance(self.spec, NetworkSpec) else "torchvision"
        st.segmented_control("Stem", stems, format_func=STEMS.get, required=True, help=STEM_HELP, **self.control("stem", stem))
        if isinstance(self.spec, TorchvisionSpec):
            st.selectbox("Model", TORCHVISION_NAMES, width=280, **self.control("model", self.spec.name))
            return
        titles = {block: BLOCK_TYPES[block].title for block in _blocks_of(self.spec.stem)}
        about = "\n".join(f"- {titles[block]}: {BLOCK_TYPES[block].about}" for block in titles)
        st.selectbox("Block", list(titles), format_func=titles.get, width=220, help=about, **self.control("block"))

    def depth(self):
        spec = self.spec
        offered = standard_depths(spec.stem, spec.block)
        if spec.depth not in offered or spec.blocks:
            offered = tuple(sorted({*offered, spec.depth}))
        help = f"Weighted layers: {depth_rule(spec.stem, spec.block)}."
        st.segmented_control("Depth", offered, required=True, help=help, **self.control("depth"))
        if spec.stem == "cifar":
            step = 3 * layers_per_block(spec.block)
            st.number_input("Any depth", min_value=1, step=step, width=130, help=help, **self.control("any", spec.depth, "depth"))

    def name(self):
        st.text_input("Network", help=NAME_HELP, **self.control("text", self.text))

    def about(self):
        block = BLOCK_TYPES[self.spec.block]
        st.markdown(_small(f"{block.title}: {block.about}"))

    def option(self, option: Option):
        """What the option is, whether it differs from the default, its control, and what was refused there."""
        value, offered = getattr(self.spec, option.key), options(self.spec.stem, self.spec.block)[option.key]
        with st.container(gap="xsmall"):
            st.markdown(f"**{option.title}** {self.difference(option)}  \n{_small(option.about)}")
            hidden = {"label": option.title, "label_visibility": "collapsed"}
            if option.key == "blocks":
                st.text_input(**hidden, **self.control("blocks", "-".join(map(str, self.spec.stage_blocks))))
            elif option.meanings:
                captions = [option.meanings[each] for each in offered]
                st.radio(options=offered, captions=captions, **hidden, **self.control(option.key))
            elif isinstance(value, bool):
                st.toggle(**hidden, **self.control(option.key))
            else:
                arguments = hidden | self.control(option.key)
                # What was typed and refused stands among the numbers, to be mended.
                shown = st.session_state[arguments["key"]]
                values = sorted({*offered, value}, key=float) + ([shown] if shown not in (*offered, value) else [])
                st.selectbox(options=values, format_func=_number, accept_new_options=True, **arguments)
            self.refusal(option.key)

    def difference(self, option: Option) -> str:
        if option not in differing(self.spec):
            return ""
        default = option.default(self.spec.stem, self.spec.block)
        if default is None:
            default = f"those of {with_defaults(self.spec).depth} layers"
        return f":orange-badge[not the default, {default if isinstance(default, str) else option.write(default)}]"

    def reset(self):
        changes = differing(self.spec)
        with st.container(horizontal=True, vertical_alignment="center"):
            new = with_defaults(self.spec)
            st.button("Back to the defaults", key=f"{self.key} reset", disabled=not changes, on_click=self.put, args=(new.text,))
            names = ", ".join(option.title.lower() for option in changes)
            st.markdown(_small(f"Not at the default: {names}." if changes else "Every option is at its default."))

    def control(self, name: str, value=None, field: str | None = None) -> dict:
        """Arguments of a widget for a field of the spec: it shows the value, or what was refused there, and reports to `take`."""
        value = getattr(self.spec, name) if value is None else value
        refused = self.notes.refused.get(name)
        key = f"{self.key} {name}"
        st.session_state[key] = refused.given if refused else value
        return {"key": key, "on_change": self.take, "args": (name, field or name)}

    def take(self, name: str, field: str):
        """A control was used: its network goes to the page, or the reason why not into the notes."""
        spec, given = self.spec, st.session_state[f"{self.key} {name}"]
        self.notes.note = ""
        try:
            new = changed(spec, field, given)
            if isinstance(new, TorchvisionSpec):
                new = _parsed(new.text, self.torchvision, self.default)
        except SpecError as problem:
            near = alternatives(f"{spec.stem}/{spec.block}-{given}") if field == "depth" else ()
            self.notes.refused[name] = Refusal(given, str(problem), near)
            return
        # Values that were refused elsewhere still wait to be mended, but not in a network that was named as a whole.
        kept = {other: refusal for other, refusal in self.notes.refused.items() if other != name and field != "text"}
        note = ""
        if field in ("stem", "block") and isinstance(new, NetworkSpec) and new.depth != getattr(spec, "depth", new.depth):
            note = (f"{BLOCK_TYPES[new.block].title} on the {STEMS[new.stem]} stem has no {spec.depth} layers: "
                    f"this is the nearest, {new.depth}.")
        st.session_state[f"{self.key} notes"] = Notes(new.text, kept, note)
        self.put(new.text)

    def refusal(self, control: str):
        """What was wrong in a control, where it stands, with the way on."""
        refused = self.notes.refused.get(control)
        if refused:
            st.warning(f"{plain(refused.reason, most=600)} Still shown: {self.spec.text}.")
            _offer(f"{self.key} {control}", refused.near, self.put)

    def note(self):
        if self.notes.note:
            st.info(self.notes.note)


def _parsed(text, torchvision, default):
    spec = parse_spec(text)
    if isinstance(spec, TorchvisionSpec) and not torchvision:
        raise SpecError(f"{text} is torchvision's: here choose one of this project's own networks, such as {default}.")
    return spec


def _blocks_of(stem):
    return [block for block in BLOCK_TYPES if (stem, block) != ("cifar", "vgg")]


def _help(key):
    option = next(option for option in applicable("basic") if option.key == key)
    return " ".join([option.about, *(f"{value}: {meaning}" for value, meaning in option.meanings.items())])


def _small(sentence):
    return f":gray[:small[{sentence}]]"


def _number(value):
    return f"{value:g}" if isinstance(value, float) else str(value)


def _offer(key, networks, put):
    if not networks:
        return
    with st.container(horizontal=True):
        for network in networks:
            st.button(f"Show {network}", key=f"{key} offer {network}", on_click=put, args=(network,))

"""Which networks are compared: the state of the Compare page, all of it in the address.

`preset` names a comparison of the paper; `networks` lists others, separated by commas, and then counts alone;
`reference` is the place, from 1, of the network that the others are held against, and `toggled1` to `toggled4` have what
is opened in each drawing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.networks.changes import Spec, alternatives
from explorer.networks.options import OPTIONS, SpecError, shorten
from explorer.networks.spec import NetworkSpec, parse_spec
from explorer.ui.compare.presets import PRESETS, Preset
from explorer.ui.labels import unequal
from explorer.ui.url import param, set_params

MOST = 4
DEFAULT = "figure3"
# What is offered to be added, the first that is not there yet.
NEXT = {
    "cifar": ("cifar/basic-20", "cifar/plain-20", "cifar/highway-20", "cifar/preact-20", "cifar/basic-56"),
    "imagenet": ("imagenet/basic-34", "imagenet/plain-34", "imagenet/bottleneck-50", "imagenet/vgg-19", "imagenet/basic-18"),
}


@dataclass(frozen=True)
class Comparison:
    """`networks` are costed, and drawn but for those in `undrawn`; `reference` is an index into the drawn ones.

    `troubles` are sentences on what the address asks for in vain, `near` are networks to add in its place.
    """

    networks: tuple[Spec, ...]
    reference: int = 0
    preset: Preset | None = None
    undrawn: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    near: tuple[str, ...] = ()

    @property
    def drawn(self) -> tuple[Spec, ...]:
        return tuple(spec for spec in self.networks if spec.text not in self.undrawn)

    @property
    def labels(self) -> dict[str, str]:
        """A short name for each network's text, different for different networks: ResNet-34 (shortcut B)."""
        titles = Counter(spec.title for spec in self.networks)
        names = [[spec.title] if titles[spec.title] == 1 else [_distinguished(spec, self.networks), spec.text] for spec in self.networks]
        return dict(zip((spec.text for spec in self.networks), unequal(names)))


def read_comparison() -> Comparison:
    """What the address asks for; what cannot be is left out and said, and with nothing left the default preset shown."""
    chosen = param("preset")
    asked = [text for text in param("networks").split(",") if text.strip()]
    specs, troubles, near = _read(asked)
    if chosen and chosen not in PRESETS:
        troubles.append(f'There is no preset "{shorten(chosen)}": choose one of those above.')
    if specs:
        return Comparison(specs, _reference(len(specs), 0), troubles=tuple(troubles), near=near)
    preset = PRESETS.get(chosen, PRESETS[DEFAULT])
    if asked:
        troubles.append(f"Shown instead: {preset.title}.")
    networks = tuple(map(parse_spec, preset.networks))
    reference = _reference(len(networks) - len(preset.undrawn), preset.reference)
    return Comparison(networks, reference, preset, preset.undrawn, tuple(troubles), near)


def take_preset(name: str | None) -> None:
    """Compare what the preset says; None keeps what there is."""
    if name:
        set_params(preset=name, networks=None, reference=None, **_nothing_opened())


def take_networks(networks: Sequence[str], reference: int = 0) -> None:
    """Compare these, against the one at the index `reference`."""
    kept = list(dict.fromkeys(networks))
    set_params(networks=",".join(kept), preset=None, reference=f"{reference + 1}" if 0 < reference < len(kept) else None, **_nothing_opened())


def take_reference(reference: int, comparison: Comparison) -> None:
    """Hold the others against the drawn network of that index."""
    usual = comparison.preset.reference if comparison.preset else 0
    set_params(reference=None if reference == usual else f"{reference + 1}")


def toggled(index: int) -> str:
    """The parameter that has what is opened, or closed, in the drawing of that index."""
    return f"toggled{index + 1}"


def next_network(networks: Sequence[str]) -> str:
    """A network worth adding to these."""
    stem = "cifar" if networks and networks[0].startswith("cifar") else "imagenet"
    return next(text for text in NEXT[stem] if text not in networks)


def _nothing_opened():
    """What was opened or selected in other networks means nothing in these."""
    return {"selected": None} | {toggled(index): None for index in range(MOST)}


def _distinguished(spec, networks):
    """The title with the options in which networks of that title differ, also where they are at their default."""
    twins = [other for other in networks if other.title == spec.title and isinstance(other, NetworkSpec)]
    differing = [option for option in OPTIONS if len({getattr(twin, option.key) for twin in twins}) > 1]
    values = [(option, getattr(spec, option.key)) for option in differing]
    told = ", ".join(f"{option.key} {option.write(value)}" for option, value in values if value is not None)
    return f"{spec.title} ({told})" if told else spec.text


def _read(asked):
    """The first networks of these texts, as many as can be shown; what is wrong with the others; what to add in their place."""
    specs, troubles, near = {}, [], []
    for text in asked:
        try:
            spec = parse_spec(text)
        except SpecError as problem:
            troubles.append(f"{problem} It is left out.")
            near += alternatives(text)
            continue
        if spec.text in specs:
            troubles.append(f"{spec.text} is there twice: it is shown once.")
        elif len(specs) == MOST:
            troubles.append(f"{MOST} networks can stand side by side: {spec.text} is left out. Remove one to make room.")
        else:
            specs[spec.text] = spec
    room = [] if len(specs) == MOST else [text for text in dict.fromkeys(near) if text not in specs]
    return tuple(specs.values()), list(dict.fromkeys(troubles)), tuple(room)


def _reference(count, usual):
    asked = param("reference")
    return int(asked) - 1 if asked in map(str, range(1, count + 1)) else usual

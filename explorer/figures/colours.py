"""One colour a family, everywhere (Okabe and Ito's palette, which colour-blind readers can tell apart)."""

from explorer.networks.spec import parse_spec

FAMILY_COLOURS = {
    "plain": "#D55E00",
    "residual": "#0072B2",
    "highway": "#009E73",
    "preactivation": "#56B4E9",
    "vgg": "#CC79A7",
    "torchvision": "#7F7F7F",
}
FAMILY_NAMES = {"plain": "plain", "residual": "residual", "preactivation": "pre-activation", "highway": "highway", "vgg": "VGG"}


def colour(network: str) -> str:
    """The colour, `#RRGGBB`, of a family (`residual`) or of a network's text (`cifar/basic-56`); raises `SpecError`."""
    return FAMILY_COLOURS[network if network in FAMILY_COLOURS else parse_spec(network).family]


def mix(colour: str, other: str, share: float) -> str:
    """The `#RRGGBB` colour that lies `share` (0 to 1) of the way from `colour` to `other`."""
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def contrast(colour: str, other: str) -> float:
    """The contrast ratio of WCAG 2 between two `#RRGGBB` colours, from 1 to 21."""
    low, high = sorted(map(_luminance, (colour, other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""Numbers, recipes and foreign texts as people read them. Missing values are a dash."""

import math
from collections.abc import Mapping, Sequence

from explorer import numbers
from explorer.runs.public import public_recipe
from explorer.training.recipe import Recipe

MISSING = "–"
PAPER = "[He, Zhang, Ren and Sun 2015](https://arxiv.org/abs/1512.03385)"

# What is always told of a recipe, and what only where it differs from the usual one.
RECIPE_WORDS = {"dataset": "data {}", "length": "{}", "batch": "batches of {}", "lr": "peak learning rate {}"}
UNUSUAL_WORDS = {
    "schedule": "schedule {}", "warmup_steps": "{} steps of warm-up", "warmup": "warm-up {}", "momentum": "momentum {}",
    "weight_decay": "weight decay {}", "decay_norm": "weight decay on normalisations: {}", "label_smoothing": "label smoothing {}",
    "clip": "gradient clipped at {}", "augment": "augmentation {}", "precision": "precision {}",
}  # fmt: skip
_PREFIXES = ("", "k", "M", "G", "T", "P")


def count(number: int | None) -> str:
    """Exact, with thousands separated: 853,018."""
    return MISSING if number is None else f"{number:,}"


def si(number: float | None, unit: str = "") -> str:
    """Three or four significant digits with a decimal prefix: 125.5 M, 4.09 G, 512. The unit follows the prefix: 4.09 GMACs."""
    if number is None or not math.isfinite(number):
        return MISSING
    scaled, prefix = _scaled(number)
    digits = f"{scaled:.0f}" if not prefix and scaled == int(scaled) else _rounded(scaled)
    return f"{digits} {prefix}{unit}".rstrip()


def bytes(number: float | None) -> str:
    """Decimal units, as disks and networks count: 1 MB is 1,000,000 bytes."""
    return si(number, "B")


def percent(fraction: float | None, digits: int = 1) -> str:
    """A fraction as per cent, as `numbers.percent` writes it; a dash for what is not there or is no number."""
    return MISSING if fraction is None or not math.isfinite(fraction) else numbers.percent(fraction, digits)


def minus(number) -> str:
    """A number with the sign that people write: −0.33."""
    return f"{number}".replace("-", "−")


def duration(seconds: float | None) -> str:
    """The two largest units that matter: 0.4 s, 42 s, 3 min 5 s, 2 h 7 min, 3 d 4 h."""
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return MISSING
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for large, name, small, rest in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        # Rounding the smaller unit may fill the larger one: 3599.6 s is an hour, not 59 min 60 s.
        units, remainder = divmod(round(whole / small) * small, large)
        if units:
            return f"{units} {name} {remainder // small} {rest}" if remainder else f"{units} {name}"
    return f"{whole} s"


def recipe_words(*recipes: Mapping) -> list[str]:
    """The recipes in Markdown: data mnist-5k, 4 epochs, batches of 64, peak learning rate 0.05, and what is unusual.

    Where recipes differ, all their values stand there ("2 epochs and 4 epochs"); what none of them says is left out.
    """
    told = []
    shown = [public_recipe(recipe) | {"length": _length(recipe)} for recipe in recipes]
    for key, words in (RECIPE_WORDS | UNUSUAL_WORDS).items():
        # Those of a foreign run may be anything, so they are compared as they are told.
        values = dict.fromkeys(_value(recipe[key]) for recipe in shown if recipe.get(key) is not None)
        if values and (key in RECIPE_WORDS or [*values] != [_value(Recipe.model_fields[key].default)]):
            told.append(words.format(" and ".join(values)))
    return told


def _length(recipe: Mapping) -> str | None:
    """What ends the run: its time, its steps or its epochs."""
    for key, words in (("seconds", "about {:g} s of training"), ("steps", "{:,} steps"), ("epochs", "{:,} epochs")):
        if isinstance(recipe.get(key), (int, float)):
            told = words.format(recipe[key])
            return told.removesuffix("s") if recipe[key] == 1 and key != "seconds" else told
    return None


def joined(texts: Sequence[str]) -> str:
    """One, two and three."""
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def plain(text, most: int = 200) -> str:
    """Markdown that reads as the given text, of which nothing is Markdown: one line of at most `most` characters."""
    line = " ".join(str(text).split())[:most]
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()#+-.!|<>~$:" else letter for letter in line)


def _value(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value) if isinstance(value, int) else plain(value)


def _scaled(number):
    for power, prefix in enumerate(_PREFIXES):
        scaled = number / 1000**power
        # 999,960 is 1.00 M: what would be rounded up to four digits takes the next prefix.
        if abs(scaled) < 999.95 or power == len(_PREFIXES) - 1:
            return scaled, prefix


def _rounded(scaled):
    size = abs(scaled)
    return f"{scaled:.2f}" if size < 99.995 else f"{scaled:.1f}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, … 11th, … 21st."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"

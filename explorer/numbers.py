"""Numbers that are no numbers any more, in words: JSON and tables have no NaN and no infinity. Imports nothing."""

import math


def word(value: float) -> str | None:
    """"NaN", "Infinity" or "-Infinity"; None for a finite value."""
    if math.isfinite(value):
        return None
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def in_words(value):
    """A value for JSON: in its lists, tuples and dicts the words stand in the place of what is not finite."""
    if isinstance(value, float):
        return word(value) or value
    if isinstance(value, list | tuple):
        return [in_words(one) for one in value]
    return {key: in_words(one) for key, one in value.items()} if isinstance(value, dict) else value


def printed(value: float, digits: int = 4) -> str:
    """For people: 3.163e+05, 0.02, NaN, ∞."""
    return (word(value) or f"{value:.{digits}g}").replace("Infinity", "∞")

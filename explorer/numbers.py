"""How numbers are written: what is no number any more has its word, and what is not all is not called all. Imports nothing."""

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


def percent(fraction: float, digits: int = 1) -> str:
    """0.0234 is 2.3%. What is there but rounds to nothing, or to all, says so: <0.1%, >99.9%."""
    least = 10.0**-digits
    if 0 < 100 * fraction < least / 2:
        return f"<{least:.{digits}f}%"
    if 100 - least / 2 <= 100 * fraction < 100:
        return f">{100 - least:.{digits}f}%"
    return f"{100 * fraction:.{digits}f}%"

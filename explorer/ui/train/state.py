"""What the Train form holds: networks, recipe and seeds, all of it in the address, under the names of the recipe's fields.

A pure reading and writing of parameters; imports neither Streamlit nor torch.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import NoneType
from typing import Literal, get_args, get_origin

from explorer.networks.options import either, shorten
from explorer.training.recipe import Recipe, RecipeError, read_recipe

OWN = "own"
DEFAULT_NETWORKS = ("cifar/plain-32?width=8", "cifar/basic-32?width=8")
MOST_NETWORKS = 8
MOST_SEEDS = 5
LARGEST_SEED = 2**32 - 1
# A control for numbers takes none that JavaScript cannot count with.
LARGEST_NUMBER = 1e15
YES_NO = {"true": True, "false": False}


@dataclass(frozen=True)
class Form:
    """What is asked for. `values` has every field of a recipe, of the right type, but perhaps out of its range; `troubles`
    are sentences on what the address says in vain and has been replaced."""

    networks: tuple[str, ...]
    values: Mapping[str, object]
    seed: int = 0
    seeds: int = 1
    troubles: tuple[str, ...] = ()

    @property
    def dataset(self) -> str:
        return str(self.values["dataset"])


@dataclass
class _Reader:
    params: Mapping[str, str]
    troubles: list[str] = field(default_factory=list)

    def value(self, name: str, annotation, default):
        """The parameter as a value of the type; the default where it is not there or, with a sentence, where it is no such value."""
        text = self.params.get(name)
        if text is None:
            return default
        try:
            return _read(text, annotation)
        except ValueError as problem:
            shown = default if default is not None else "nothing"
            self.troubles.append(f"The address asks for {name}={shorten(text)}: use {problem}. Shown instead: {_write(shown)}.")
            return default

    def within(self, name: str, low: int, high: int, default: int) -> int:
        value = self.value(name, int, default)
        if low <= value <= high:
            return value
        self.troubles.append(f"The address asks for {name}={value}: use a whole number from {low} to {high}. Shown instead: {default}.")
        return default


def read_form(params: Mapping[str, str], networks: Sequence[str] | None = None) -> Form:
    """The form of an address. `networks` are those of its parameters, which may be repeated or separated by commas."""
    reader = _Reader(params)
    defaults = Recipe()
    values = {name: reader.value(name, of.annotation, getattr(defaults, name)) for name, of in Recipe.model_fields.items()}
    values["dataset"] = str(values["dataset"]).strip() or defaults.dataset
    asked = [text.strip() for given in networks or () for text in given.split(",")]
    chosen = DEFAULT_NETWORKS if networks is None else tuple(dict.fromkeys(filter(None, asked)))
    if len(chosen) > MOST_NETWORKS:
        reader.troubles.append(f"The address asks for {len(chosen)} networks: the first {MOST_NETWORKS} are shown.")
    return Form(
        chosen[:MOST_NETWORKS],
        values,
        reader.within("seed", 0, LARGEST_SEED, 0),
        reader.within("seeds", 1, MOST_SEEDS, 1),
        tuple(reader.troubles),
    )


def own_address(networks: Sequence[str], recipe: Recipe, seed: int = 0, seeds: int = 1) -> dict[str, str]:
    """The parameters under which the Train page shows this choice, ready to be changed and started."""
    chosen = recipe.model_dump() | {"seed": seed, "seeds": seeds}
    return {"preset": OWN, "networks": ",".join(networks)} | {name: text for name, text in written(chosen).items() if text}


def written(values: Mapping[str, object]) -> dict[str, str]:
    """Recipe fields, seed and seeds as parameters: "", which leaves a parameter out, for those at their default."""
    defaults = Recipe().model_dump() | {"seed": 0, "seeds": 1}
    return {name: "" if value == defaults[name] else _write(value) for name, value in values.items()}


def problem(name: str, value) -> str:
    """What is wrong with one field's value, as a sentence; "" if nothing is."""
    try:
        read_recipe({name: value})
    except RecipeError as error:
        return str(error)
    return ""


def _read(text: str, annotation):
    """The value of the type that a text stands for. Raises ValueError with what would be right."""
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    if NoneType in get_args(annotation):
        return None if text == "" else _read(text, kinds[0])
    if get_origin(annotation) is Literal:
        if text not in kinds:
            raise ValueError(either(kinds))
        return text
    if annotation is bool:
        if text.lower() not in YES_NO:
            raise ValueError(either(YES_NO))
        return YES_NO[text.lower()]
    return text if annotation is str else _number(text, annotation)


def _number(text: str, kind: type) -> float:
    try:
        number = kind(text)
    except ValueError:
        raise ValueError("a whole number" if kind is int else "a number") from None
    if not math.isfinite(number) or abs(number) > LARGEST_NUMBER:
        raise ValueError("a number that is not so large")
    return number


def _write(value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return "" if value is None else str(value)

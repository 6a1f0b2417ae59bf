"""What every view of the Classify page is given: the picture, and the models that look at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.vision.picture import Picture

if TYPE_CHECKING:
    from explorer.vision.loading import LoadedModel


@dataclass(frozen=True)
class Chosen:
    """A decoded picture under its `name`, which may be anybody's text: never Markdown.

    `key` is a digest of it: with a model's id it names what was computed from both. `decode_seconds` is what decoding took.
    `until` says what a sample stands in for, "" where the picture is the one that was asked for.
    """

    picture: Picture
    name: str
    key: str
    decode_seconds: float
    until: str = ""


@dataclass(frozen=True)
class Shown:
    """The picture, None in a view that has others; and the models, ready, in the order they were chosen: at least one."""

    chosen: Chosen | None
    models: Sequence["LoadedModel"]

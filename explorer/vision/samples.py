"""The pictures shipped for a first try; where each comes from stands in assets/samples/README.md. No torch."""

from dataclasses import dataclass
from pathlib import Path

from explorer.machine.folders import ASSETS

FOLDER = ASSETS / "samples"
DIGIT = "digit-"


@dataclass(frozen=True)
class Sample:
    """A shipped picture; `id` is its file's name without the ending."""

    id: str
    file: Path

    @property
    def title(self) -> str:
        """What it shows, in words: 7, or wood duck."""
        return self.id.removeprefix(DIGIT).replace("-", " ")


def samples(digits: bool) -> list[Sample]:
    """Handwritten digits, for models that know those, or pictures for all others; by name."""
    files = sorted(file for file in FOLDER.iterdir() if file.suffix in (".png", ".jpg"))
    return [Sample(file.stem, file) for file in files if file.stem.startswith(DIGIT) == digits]

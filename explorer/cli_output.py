"""The files that commands write their results to: what cannot be written is said before the work, not after it."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from explorer.errors import BadInput
from explorer.numbers import in_words


def check_output(path: Path | None, kinds: Sequence[str]) -> str:
    """The kind of file that a name ends in, one of `kinds`; "" where no file is asked for. Raises BadInput."""
    if path is None:
        return ""
    kind = path.suffix.lstrip(".").lower()
    if kind not in kinds:
        *most, last = (f".{kind}" for kind in kinds)
        raise BadInput(f"cannot write {path.name}: the file's name must end in {', '.join(most)} or {last}")
    if path.is_dir():
        raise BadInput(f"cannot write {path}: it is a folder")
    if not path.absolute().parent.is_dir():
        raise BadInput(f"cannot write {path}: there is no folder {path.parent}")
    return kind


def printable(text: str) -> str:
    """Anybody's text for a terminal: what would move its cursor or change its colours is a question mark."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def write_numbers(path: Path, kind: str, told, rows: Iterable[Sequence]) -> None:
    """`told` as JSON or `rows`, the first one their names, as CSV. What is not finite is "NaN", "Infinity" or "-Infinity"."""
    from explorer.tables import csv_text

    text = csv_text([in_words(row) for row in rows]) if kind == "csv" else json.dumps(in_words(told), indent=2) + "\n"
    path.write_text(text, encoding="utf-8")

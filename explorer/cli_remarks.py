"""What `explorer classify` says on standard error: what it took for granted, what it did to pictures, what it could not look at."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli_output import printable

if TYPE_CHECKING:
    from explorer.vision.loading import LoadedModel
    from explorer.vision.many import Answered
    from explorer.vision.sources import Refused

MOST_NAMED = 8


def say_assumed(loaded: "LoadedModel", normalize: str | None) -> None:
    """Which statistics pictures are normalised by, where neither the user's `normalize` nor the weights file says."""
    from explorer.vision.preparations import STATISTICS, assumed_statistics

    if assumed := assumed_statistics(loaded.model, normalize):
        others = " or ".join(name for name in STATISTICS if name != assumed)
        _say(f"{loaded.model.id} does not say how its pictures were normalised: {assumed}'s statistics are taken; --normalize {others} "
             "says otherwise")  # fmt: skip


def say_notes(rows: Sequence["Answered"]) -> None:
    """What was done to the pixels of some files, such as that the first of several frames was taken."""
    if notes := [f"{row.name}: {note}" for row in rows for note in row.notes]:
        more = f"; and {len(notes) - MOST_NAMED:,} more, which --json tells" if len(notes) > MOST_NAMED else ""
        _say("; ".join(notes[:MOST_NAMED]) + more)


def refusals(refused: Sequence["Refused"]) -> str:
    """One line about all of them: what should have been a picture, one by one; files of other kinds are counted."""
    pictures = [one for one in refused if not one.others]
    told = [one.sentence for one in pictures[:MOST_NAMED]]
    if len(pictures) > MOST_NAMED:
        told.append(f"{len(pictures) - MOST_NAMED:,} more could not be classified; --json tells why of each.")
    return " ".join([*told, *_others([one for one in refused if one.others])])


def _others(refused: Sequence["Refused"]) -> Iterator[str]:
    """About files in folders and zips that are no pictures."""
    count = sum(one.others for one in refused)
    endings = sorted({Path(one.name).suffix.lower() or "without an ending" for one in refused if one.others == 1})
    if count == 1:
        yield refused[0].sentence
    elif count:
        are_all = len(endings) <= MOST_NAMED and all(one.others == 1 for one in refused)
        yield f"{count:,} other files are not pictures ({', '.join(endings[:MOST_NAMED])}{'' if are_all else ', …'})."
    if ".zip" in endings:
        yield "Zips inside are not opened: name them themselves, or unpack them."


def _say(sentence: str) -> None:
    print(f"explorer: {printable(sentence)}", file=sys.stderr)

"""Sentences about many pictures, made from the very numbers that are shown. No Streamlit."""

from collections.abc import Sequence

from explorer.ui.classify.many.rows import Column, know_the_same
from explorer.ui.format import count, duration, percent, plain
from explorer.vision.confusion import Judgement, compare

MOST_NAMED = 8
ROUNDED = "In bfloat16 a probability differs from that of the other views by some tenths of a point, rarely by more."
NOTABLE = 0.05  # a difference that equals would so seldom make is hardly chance


def error_words(found: Judgement) -> str:
    """What lies behind an error: "7 of 200 wrong"."""
    told = f"{count(found.wrong)} of {count(found.pictures)} wrong"
    return told if found.wrong_of_five is None else f"{told}; top-5 error {percent(found.wrong_of_five / found.pictures)}"


def error_number(found: Judgement) -> str:
    """The error with its standard error or, where that would be zero and say nothing, the bound that goes with it."""
    if 0 < found.wrong < found.pictures:
        return f"{percent(found.error)} ± {100 * found.standard_error:.1f}"
    return f"{percent(found.error)}, {'above' if found.wrong else 'below'} {_bound(found)}"


def certainty_words(found: Judgement) -> str:
    """What the number behind the error is."""
    if 0 < found.wrong < found.pictures:
        return "± is the standard error, √(p(1 − p)/n), of what the error would be on all such pictures."
    if found.wrong:
        return (f"All of {count(found.pictures)} are wrong: on all such pictures the error is above {_bound(found)} with 95% confidence "
                "(1 − 3/n). These pictures are hardly what the network was trained for.")  # fmt: skip
    return f"None of {count(found.pictures)} is wrong: on all such pictures the error is below {_bound(found)} with 95% confidence (3/n)."


def mistakes_words(label: str, found: Judgement, classes: Sequence[str]) -> str | None:
    """A network's most frequent mistake; None where none was made twice."""
    if not found.confusions or found.confusions[0][2] < 2:
        return None
    truth, answer, many = found.confusions[0]
    of = sum(pictures for (row, _), pictures in found.cells.items() if row == truth)
    return f"{plain(label)} most often takes {plain(classes[truth])} for {plain(classes[answer])}: {many} of {of} pictures."


def difference_words(first: Column, second: Column) -> str | None:
    """Two networks on the same pictures, and whether the difference may be chance. None where they share no known picture."""
    found = compare(first.right, second.right)
    if found is None:
        return None
    one, other = plain(first.label), plain(second.label)
    only = (f"Of {count(found.pictures)} pictures {one} alone gets {count(found.only_first)} right, "
            f"{other} alone {count(found.only_second)}")  # fmt: skip
    if not found.only_first and not found.only_second:
        return f"{one} and {other} are right about the very same pictures."
    if not found.points:
        return f"{only}: their errors are the same."
    chance = "more than chance would make of equals" if found.chance < NOTABLE else "which may be chance"
    chance += f" (exact sign test, p {'< 0.001' if found.chance < 0.001 else f'= {found.chance:.2g}'})"
    side = "higher" if found.points > 0 else "lower"
    return f"{only}: {other}'s error is {100 * abs(found.points):.1f} ± {100 * found.standard_error:.1f} points {side}, {chance}."


def apart_words(columns: Sequence[Column]) -> str | None:
    """On how many pictures networks of the same classes answer differently."""
    if not know_the_same(columns):
        return None
    whole = len(columns[0].rows)
    same = sum(len({one.named(place).casefold() for one in columns}) == 1 for place in range(whole))
    return f"On {count(whole - same)} of {count(whole)} pictures the networks' first answers differ."


def unmatched_words(label: str, found: Judgement) -> str | None:
    """Folders whose name is no class of the network."""
    if not found.unmatched:
        return None
    named = ", ".join(plain(name, 40) for name in found.unmatched[:MOST_NAMED])
    more = len(found.unmatched) - MOST_NAMED
    named += f" and {count(more)} more" if more > 0 else ""
    return f"{plain(label)} has no class of the name of: {named}. Their pictures do not count for its error."


def pace_words(pictures: int, seconds: float, shares: Sequence[float], networks: int, precisions: Sequence[str]) -> str:
    """How long the pictures took, `shares` being seconds of decoding, preparing and the networks, over all threads."""
    whole = sum(shares) or 1
    decode, prepare, network = (f"{share / whole:.0%}" for share in shares)
    beside, these = (f" by {networks} networks together", "networks") if networks > 1 else ("", "network")
    many = "1 picture" if pictures == 1 else f"{count(pictures)} pictures"
    told = (f"{many}{beside} in {duration(seconds)}, {_rate(pictures, seconds)} a second. Of the work, reading and decoding was {decode}, "
            f"preparing {prepare}, the {these} {network}, in {' and '.join(sorted(set(precisions), reverse=True))}.")  # fmt: skip
    return f"{told} {ROUNDED}" if "bfloat16" in precisions else told


def _bound(found: Judgement) -> str:
    """The rule of three: were none of n wrong, the error on all such pictures is below 3/n with 95% confidence; and the other way round."""
    off = min(1, 3 / found.pictures)
    return percent(1 - off if found.wrong else off)


def _rate(pictures: int, seconds: float) -> str:
    rate = pictures / max(seconds, 1e-9)
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"

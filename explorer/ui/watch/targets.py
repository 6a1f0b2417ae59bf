"""The table that says how soon runs came down to an error."""

from collections.abc import Mapping, Sequence
from html import escape
from statistics import mean

from explorer.figures.colours import colour
from explorer.figures.targets import ERRORS, Target, targets
from explorer.ui.format import percent
from explorer.ui.watch.labels import Subject

NOT_REACHED = "not reached"
NOTE = (
    "Looked at where runs were validated; training error is the mean over the epoch that ends there. Of several seeds: their mean "
    "and, in brackets, the least to the greatest. Seconds are the run's own: steps and validations, no queue, no pauses."
)
STYLE = (
    "<style>.targets{border-collapse:collapse;font-size:.875rem;width:100%}.targets th,.targets td{padding:.25rem .75rem .25rem 0;"
    "text-align:right;border-bottom:1px solid rgba(128,128,128,.25);font-variant-numeric:tabular-nums}"
    ".targets th:first-child,.targets td:first-child{text-align:left}.targets th{font-weight:600}</style>"
)


def targets_table(subjects: Sequence[Subject], rows: Sequence[Sequence[Mapping]], error: float) -> str:
    """HTML: for each arm the steps and the seconds to `error`, a fraction, in validation and in training."""
    arms: dict[str, list[Sequence[Mapping]]] = {}
    for one, its in zip(subjects, rows):
        arms.setdefault(one.arm, []).append(its)
    family = {one.arm: one.family for one in subjects}
    found = {name: targets(arms, key, error) for name, key in ERRORS.items()}
    head = "".join(f"<th>{name}: steps</th><th>{name}: seconds</th>" for name in found)
    lines = [_line(family[each[0].arm], len(arms[each[0].arm]), each) for each in zip(*found.values())]
    title = f"<strong>Time to {percent(error)} error</strong>"
    table = f"<table class='targets'><thead><tr><th>network</th><th>seeds</th>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    return f"{STYLE}{title}{table}<div style='font-size:.8125rem;opacity:.75;margin-top:.25rem'>{NOTE}</div>"


def _line(family: str, seeds: int, found: Sequence[Target]) -> str:
    square = f'<span style="color:{colour(family)}" aria-hidden="true">■</span>'
    cells = [f"{square} {escape(found[0].arm)}", str(seeds), *(cell for target in found for cell in (_steps(target), _seconds(target)))]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _steps(target: Target) -> str:
    if not target.count:
        return "not validated yet"
    if not target.reached:
        return NOT_REACHED
    return _spread([one.step for one in target.reached], "{:,.0f}") + _how_many(target)


def _seconds(target: Target) -> str:
    measured = [one.seconds for one in target.reached if one.seconds is not None]
    if not measured:
        return "not recorded" if target.reached else ""
    return _spread(measured, "{:,.1f}")


def _spread(values: Sequence[float], words: str) -> str:
    middle = words.format(mean(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({words.format(min(values))}–{words.format(max(values))})"


def _how_many(target: Target) -> str:
    missing = target.count - len(target.reached)
    return f", {NOT_REACHED} by {missing} of {target.count}" if missing else ""

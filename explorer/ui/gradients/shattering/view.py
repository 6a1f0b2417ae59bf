"""Shattered gradients: whether neighbouring pictures ask for similar changes of a fresh network."""

from functools import partial

import streamlit as st

from explorer.errors import BadInput
from explorer.ui.controls import dropdown, segmented, several, stops, whole_number
from explorer.ui.gradients.networks import read_networks
from explorer.ui.gradients.shattering import measured
from explorer.ui.gradients.shattering.charts import DISTANCES, Choice, show_autocorrelations, show_by_depth, show_by_distance, show_slopes
from explorer.ui.gradients.shattering.measured import NORMS, Wanted
from explorer.ui.network_picker import offered_networks
from explorer.ui.say import say_error

NETWORKS = ["cifar/plain-56?width=8", "cifar/basic-56?width=8", "cifar/highway-56?width=8"]
DIGITS = {str(digit): str(digit) for digit in range(10)}
DATA = {"digits": "Handwritten digits", "noise": "Gaussian noise"}
PARTS = {"1": "All of it", "0.1": "A tenth", "0.01": "A hundredth", "0.001": "A thousandth"}
HELP = {
    "norm": "Look whether BN makes neighbours more alike or less: in plain nets of these depths it makes them less alike.",
    "data": "Noise has no strokes in common: what is alike there comes from the net.",
    "from": "The digit at the line's beginning; f is the score of its class.",
    "to": "The digit at the line's end.",
    "example": "Other pictures of the same digits, or other noise: look whether the series keep their kind.",
    "seed": "Other weights: see what is chance and what is not.",
    "points": "More points lie closer together: neighbours grow more alike, unless the gradient is white noise still.",
    "part": "Look closer, around the middle: near enough, the gradient of every net is smooth.",
    "apart": "As a share of the way from one picture to another. Farther apart, shallower nets differ as well.",
    "deepest": "The same networks, made shallower and deeper: look which curves fall off a cliff.",
    "seeds": "Other weights and other pictures, four pairs a seed: the bars are the range.",
}  # fmt: skip
PICTURES = 9  # shown of the line
NARROW, WIDE = 110, 210  # pixels


def show() -> None:
    networks = several(
        "Up to four networks", offered_networks(), "networks", NETWORKS, most=4,
        placeholder="Choose, or type a network such as cifar/preact-56?width=8",
    )  # fmt: skip
    norm, choice = _choose()
    wanted = measured.with_norms(read_networks(networks), norm)
    if not wanted:
        st.info("Choose at least one network to see its gradients.", icon=":material/info:")
        return
    _show_strip(wanted[0], choice)
    place = st.container()
    line = (choice.data, choice.digits, choice.example, choice.seed, choice.points, choice.share)
    along = [partial(measured.line, one, *line) for one in wanted]
    lines = _results(along, place)
    show_slopes(lines, choice)
    show_autocorrelations(lines, choice)
    alike = _show_likeness(wanted, choice)
    # Drawn first and measured then: the page can be read and used meanwhile.
    jobs = [*along, *alike]
    if (done := len(measured.ready(jobs))) < len(jobs):
        place.progress(done / len(jobs), text=f"Measured {done} of {len(jobs)} series, on one core; the figures grow with them.")
        measured.measure(jobs)
        st.rerun()


def _choose() -> tuple[str, Choice]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        norm = segmented("Batch normalisation", NORMS, "norm", "both", help=HELP["norm"])
        data = segmented("Pictures", DATA, "data", "digits", help=HELP["data"])
        first, last = "3", "8"
        if data == "digits":
            first = dropdown("From a", DIGITS, "from", first, help=HELP["from"], place=st.container(width=NARROW))
            last = dropdown("to a", DIGITS, "to", last, help=HELP["to"], place=st.container(width=NARROW))
        example = whole_number("Example", "example", 0, 0, 399, help=HELP["example"], place=st.container(width=NARROW))
        seed = whole_number("Seed", "seed", 0, 0, 2**32 - 1, help=HELP["seed"], place=st.container(width=NARROW))
        points = stops("Points on the line", (33, 65, 129, 257), "points", 129, help=HELP["points"], place=st.container(width=WIDE))
        part = segmented("Part of the line", PARTS, "part", "1", help=HELP["part"])
    return norm, Choice(data, (int(first), int(last)), example, points, float(part), seed)


def _show_strip(wanted: Wanted, choice: Choice) -> None:
    try:
        picture = measured.strip(wanted.spec.text, choice.data, choice.digits, choice.example, choice.share, PICTURES)
    except BadInput as problem:
        say_error(problem)
        return
    ends = f"from a {choice.digits[0]} to a {choice.digits[1]}" if choice.data == "digits" else "from noise to other noise"
    part = "" if choice.share == 1 else f", {100 * choice.share:g}% of it around its middle"
    st.image(picture, width=648, alt=f"Pictures along the line {ends}, side by side",
             caption=f"The line {ends}{part}: {PICTURES} of {choice.points} points")  # fmt: skip


def _show_likeness(wanted: list[Wanted], choice: Choice) -> list[partial]:
    """Likeness by depth and by distance, as far as it is measured; all that there is to measure."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        apart = dropdown("How far apart", DISTANCES, "apart", "0.01", help=HELP["apart"], place=st.container(width=WIDE))
        deepest = stops("Depths up to", (20, 32, 56, 110), "deepest", 56, help=HELP["deepest"], place=st.container(width=WIDE))
        seeds = stops("Seeds", (1, 3, 5, 10), "seeds", 3, help=HELP["seeds"], place=st.container(width=WIDE))
    at_depths = measured.with_depths(wanted, deepest)
    jobs = [partial(measured.likeness, one, choice.data, (choice.seed + k) % 2**32) for k in range(seeds) for one in at_depths]
    found = _results(jobs, st.container())
    show_by_depth(found, apart)
    show_by_distance(found, apart)
    return jobs


def _results(jobs: list[partial], place) -> list:
    """What is measured of the jobs; why something cannot be is said in `place`."""
    results = measured.ready(jobs)
    with place:
        for text in dict.fromkeys(str(one) for one in results if isinstance(one, BadInput)):
            say_error(text)
    return [one for one in results if not isinstance(one, BadInput)]

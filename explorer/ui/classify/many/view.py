"""Many pictures: a table of answers, and where their classes are known how often each network is right, and about what."""

from collections.abc import Sequence

import streamlit as st

from explorer.ui.classify.answer.measured import labels
from explorer.ui.classify.many.answered import TOP, Done, answered
from explorer.ui.classify.many.one import show_one
from explorer.ui.classify.many.pictures import Pictures, choose_pictures
from explorer.ui.classify.many.rows import Column, as_csv, columns_of, judged, kept_rows, know_the_same, table
from explorer.ui.classify.many.words import (
    apart_words,
    certainty_words,
    difference_words,
    error_number,
    error_words,
    mistakes_words,
    pace_words,
    unmatched_words,
)  # fmt: skip
from explorer.ui.classify.shown import Shown
from explorer.ui.components.chart import chart
from explorer.ui.controls import dropdown, segmented, stops
from explorer.ui.format import count, plain
from explorer.ui.url import param, set_params
from explorer.vision.confusion import Judgement

FILTERS = {"all": "All", "wrong": "Only mistakes, the surest first", "apart": "Only where networks differ"}
ROW = 52  # pixels: thumbnails can be told apart
MOST_HEIGHT = 480
MOST_SHOWN = 1_000


def show(shown: Shown) -> None:
    """Raises BadInput."""
    pictures = choose_pictures(shown.models)
    if pictures is None:
        return
    done = answered(shown.models, pictures)
    columns = columns_of([(label, loaded.classes, one.rows) for label, loaded, one in zip(labels(shown.models), shown.models, done)])
    _tell_pictures(pictures, done)
    if columns[0].rows:
        if _is_judged(columns):
            _show_errors(columns)
        else:
            _tell_unknown(columns)
        _show_table(columns, pictures, f"{pictures.key} {' '.join(loaded.model.id for loaded in shown.models)}")
        _tell_pace(shown, done)


def _tell_pictures(pictures: Pictures, done: Sequence[Done]) -> None:
    """What is answered, and what is not and why."""
    refused = [*pictures.refused, *done[0].refused]
    drawn = f", drawn by chance from {count(pictures.of)}" if len(pictures.sources) < pictures.of else ""
    many = "1 picture" if len(done[0].rows) == 1 else f"{count(len(done[0].rows))} pictures"
    st.caption(f"{many} of {plain(pictures.title)}{drawn}. What is told of them is measured here, on one crop of each. "
               f"{pictures.note}")  # fmt: skip
    if refused:
        title = "1 file was refused" if len(refused) == 1 else f"{count(len(refused))} files were refused"
        with st.expander(f"{title}; the others went on", icon=":material/rule:"):
            st.dataframe([{"file": one.name, "why": one.sentence} for one in refused[:MOST_SHOWN]], hide_index=True,
                         height=min(250, 38 + 35 * len(refused)))  # fmt: skip


def _show_errors(columns: Sequence[Column]) -> None:
    """The error of each network, what it mistakes for what, and whether they differ by more than chance."""
    found = [judged(one) for one in columns]
    for one, its, place in zip(columns, found, st.columns(len(columns)), strict=True):
        if its.pictures:
            place.metric(f"{plain(one.label)}: error", error_number(its), error_words(its), delta_color="off", delta_arrow="off",
                         help=certainty_words(its))  # fmt: skip
    told = [difference_words(columns[0], other) for other in columns[1:]]
    told += [mistakes_words(one.label, its, one.classes) for one, its in zip(columns, found, strict=True)]
    told += [unmatched_words(one.label, its) for one, its in zip(columns, found, strict=True)]
    st.markdown("\n".join(f"- {sentence}" for sentence in told if sentence))
    known = {str(place + 1): place for place, its in enumerate(found) if its.pictures}
    which = next(iter(known))
    if len(known) > 1:
        which = segmented("Confusion matrix of", {name: columns[place].label for name, place in known.items()}, "matrix", which)
    _show_matrix(columns[known[which]], found[known[which]])


def _show_matrix(one: Column, found: Judgement) -> None:
    from explorer.figures.confusion import confusion_chart, confusion_height

    chart(confusion_chart(one.label, found, one.classes), "confusion", height=confusion_height(found), filename="confusion", view=one.label)


def _tell_unknown(columns: Sequence[Column]) -> None:
    if any(row.label is not None for row in columns[0].rows):
        for one in columns:
            st.markdown(f"- {unmatched_words(one.label, judged(one))}")
    else:
        st.caption("What they show is not known: in a folder or zip with a folder for each class, named like the network's classes, "
                   "the answers would be judged.")  # fmt: skip


def _show_table(columns: Sequence[Column], pictures: Pictures, key: str) -> None:
    left, right = st.columns((3, 1), vertical_alignment="bottom")
    which = dropdown("Pictures shown", _filters(columns), "rows", "all", place=left)
    top = stops("Answers of each network", (1, 2, 3, TOP), "top", 1, place=right)
    places = kept_rows(columns, which)
    if sentence := apart_words(columns):
        st.caption(sentence)
    if not places:
        st.info("There is none.", icon=":material/check:")
        return
    chosen = _draw_table(table(columns, places[:MOST_SHOWN], top), f"many {key} {which} {top}")
    if len(places) > MOST_SHOWN:
        st.caption(f"The first {count(MOST_SHOWN)} of {count(len(places))} are shown; all are in the CSV.")
    if chosen is not None:
        show_one(columns, places[chosen], pictures)
    else:
        st.caption("Choose a row, at its left edge, to see the picture large with all answers.")
    st.download_button("These answers (CSV)", lambda: as_csv(columns, places, TOP), "classified.csv", "text/csv", on_click="ignore",
                       icon=":material/download:")  # fmt: skip


def _draw_table(cells: dict[str, list], key: str) -> int | None:
    """The row whose picture the address names, if there is one; a click on another one changes that."""
    names, wanted = cells["name"], param("picture")
    chosen = names.index(wanted) if wanted in names else None

    def take() -> None:
        rows = st.session_state[key].selection.rows
        set_params(picture=names[rows[0]] if rows else None)

    st.dataframe(
        cells, hide_index=True, row_height=ROW, height=min(MOST_HEIGHT, 40 + ROW * len(names)), column_config=_column_looks(cells),
        on_select=take, selection_mode="single-row", selection_default={"selection": {"rows": [] if chosen is None else [chosen]}}, key=key,
    )  # fmt: skip
    return chosen


def _filters(columns: Sequence[Column]) -> dict[str, str]:
    """Those that can be answered: mistakes where a class is known, differences where networks answer with the same classes."""
    fitting = {"all": True, "wrong": _is_judged(columns), "apart": know_the_same(columns)}
    return {name: title for name, title in FILTERS.items() if fitting[name]}


def _is_judged(columns: Sequence[Column]) -> bool:
    return any(right is not None for one in columns for right in one.right)


def _column_looks(cells: dict) -> dict:
    looks = {"picture": st.column_config.ImageColumn("picture", width=60)}
    for title in cells:
        if title.endswith("%"):
            looks[title] = st.column_config.NumberColumn(title, format="%.1f%%", help="The softmax of its outputs")
        elif title in ("name", "class"):
            looks[title] = st.column_config.TextColumn(title, width=100)
    return looks


def _tell_pace(shown: Shown, done: Sequence[Done]) -> None:
    from explorer.vision.quick import precision

    passes: dict[tuple, list[str]] = {}
    for loaded, one in zip(shown.models, done, strict=True):  # what was answered in one pass has its time in common
        shares = (one.phases.decode, one.phases.prepare, one.phases.network)
        passes.setdefault((len(one.rows), one.seconds, shares, one.beside), []).append(precision(loaded))
    st.caption(" ".join(pace_words(*one, precisions) for one, precisions in passes.items()))

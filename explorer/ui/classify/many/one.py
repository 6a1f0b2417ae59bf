"""One picture of many: large, with all answers, and the way to the other views of it."""

from collections.abc import Sequence

import streamlit as st

from explorer.errors import BadInput
from explorer.ui.classify.many.pictures import Pictures
from explorer.ui.classify.many.rows import Column
from explorer.ui.classify.uploads import SOURCE, join
from explorer.ui.classify.views import SHARED
from explorer.ui.format import percent, plain
from explorer.ui.picture import png_uri
from explorer.ui.say import say_error
from explorer.ui.url import set_params
from explorer.vision.picture import open_picture

SIDE = 200  # pixels
VERDICTS = {True: " · right", False: " · wrong", None: ""}


def show_one(columns: Sequence[Column], place: int, pictures: Pictures) -> None:
    """The picture at a place of the table, read once more."""
    row = columns[0].rows[place]
    source = next(one for one in pictures.sources if one.name == row.name)
    try:
        image = open_picture(source.read(), row.name).image
    except BadInput as problem:  # gone since it was answered
        say_error(problem)
        return
    image.thumbnail((2 * SIDE, 2 * SIDE))
    with st.container(border=True):
        left, *rest = st.columns([2] + [3] * len(columns))
        left.image(png_uri(image), alt=f"The picture: {row.name}", width=SIDE)
        known = f", of the class {plain(row.label)}" if row.label is not None else ""
        left.caption(f"{plain(row.name)}, {row.size[0]} x {row.size[1]} pixels{known}")
        for one, own in zip(columns, rest, strict=True):
            shares = one.rows[place].answers[0].probabilities
            named = [f"1. **{plain(one.named(place, rank))}** {percent(share)}" for rank, share in enumerate(shares)]
            own.markdown(f"**{plain(one.label)}**{VERDICTS[one.right[place]]}\n\n" + "\n".join(named))
        st.button("Look inside this answer", icon=":material/zoom_in:", on_click=_look_inside, args=(source,),
                  help="The picture goes among your uploads, and the other views show what the networks make of it.")  # fmt: skip


def _look_inside(source) -> None:
    """Choose the picture among the uploads, and go to the answer."""
    join(source)
    set_params(**{other: None for other in st.query_params if other not in SHARED} | {"source": SOURCE, "view": None})

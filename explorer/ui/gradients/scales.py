"""The scales of a view's charts, as the reader has chosen them."""

from explorer.ui.url import set_params
from explorer.ui.watch.settings import log_axes


def keep_scale(name: str, axes: str) -> None:
    """Write into the address which axes of a chart are logarithmic, to be read by `log_axes`.

    An even scale is kept too: without a word in the address a chart may choose by its values.
    """
    kept = {**log_axes(), name: axes}
    set_params(log=",".join(f"{one}:{scale}" for one, scale in sorted(kept.items())))

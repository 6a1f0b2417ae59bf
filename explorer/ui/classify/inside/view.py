"""Inside the networks, in two ways: the most active feature maps at any depth, and the sums where shortcuts come back."""

from explorer.ui.classify.inside.read import networks_of
from explorer.ui.classify.shown import Shown
from explorer.ui.controls import segmented

LOOKS = {"maps": "Feature maps", "sum": "Where a shortcut comes back"}


def show(shown: Shown) -> None:
    """Raises BadInput."""
    # Each imported when it is asked for.
    if segmented("Look at", LOOKS, "look", "maps") == "sum":
        from explorer.ui.classify.inside.sums import show_sums

        show_sums(networks_of(shown), shown.chosen)
    else:
        from explorer.ui.classify.inside.maps import show_maps

        show_maps(networks_of(shown), shown.chosen)

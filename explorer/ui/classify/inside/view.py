"""Inside the networks, in three ways: three levels at one look, any block closer, and the sums where shortcuts come back."""

from explorer.ui.classify.inside.read import networks_of
from explorer.ui.classify.shown import Shown
from explorer.ui.controls import segmented

LOOKS = {"levels": "Low, mid and high level", "maps": "One depth closer", "sum": "Where a shortcut comes back"}


def show(shown: Shown) -> None:
    """Raises BadInput."""
    look = segmented("Look at", LOOKS, "look", "levels")
    networks = networks_of(shown)
    # Each imported when it is asked for.
    if look == "levels":
        from explorer.ui.classify.inside.levels import show_levels

        show_levels(networks, shown.chosen)
    elif look == "maps":
        from explorer.ui.classify.inside.maps import show_maps

        show_maps(networks, shown.chosen)
    else:
        from explorer.ui.classify.inside.sums import show_sums

        show_sums(networks, shown.chosen)

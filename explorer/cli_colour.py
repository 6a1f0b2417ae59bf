"""What `explorer diagram` colours a drawing by."""

from pathlib import Path

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.overlay import INITIAL_GRADIENT, Overlay, built_in
from explorer.anatomy.overlay_file import MOST_BYTES, read_overlays
from explorer.errors import BadInput
from explorer.networks.spec import NetworkSpec, TorchvisionSpec


def chosen_overlay(
    network: NetworkSpec | TorchvisionSpec, anatomy: Anatomy, colour: str | None, file: Path | None, column: str | None, step: int | None
) -> Overlay | None:
    """The overlay of `--colour`, or of `--overlay` and `--column`; None without either. Raises BadInput."""
    if colour and file:
        raise BadInput("a drawing is coloured by one thing: give --colour or --overlay, not both")
    if not file and (column is not None or step is not None):
        raise BadInput("--column and --step belong to the file that --overlay gives: give that too")
    if file:
        return _of_file(file, column, anatomy)
    if colour == INITIAL_GRADIENT:
        from explorer.lab.first_gradients import initial_gradient

        return initial_gradient(network, anatomy)
    known = {overlay.id: overlay for overlay in built_in(anatomy)}
    if colour and colour not in known:
        raise BadInput(f"--colour is {', '.join(known)} or {INITIAL_GRADIENT}, not {colour}; your own numbers go to --overlay")
    return known[colour] if colour else None


def row_of(overlay: Overlay, step: int | None) -> int:
    """Which row of values is drawn: that of a step, or the last. Raises BadInput for a step that there is not."""
    if step is None:
        return -1
    if step not in (overlay.steps or ()):
        has = f"its steps go from {overlay.steps[0]} to {overlay.steps[-1]}" if overlay.steps else "it has no steps"
        raise BadInput(f"{overlay.label} has no step {step}: {has}")
    return overlay.steps.index(step)


def _of_file(file: Path, column: str | None, anatomy: Anatomy) -> Overlay:
    with open(file, "rb") as opened:
        found = {overlay.label: overlay for overlay in read_overlays(opened.read(MOST_BYTES + 1), file.name, anatomy)}
    if column is None and len(found) > 1:
        raise BadInput(f"{file.name} has several columns: choose with --column {' or '.join(found)}")
    if column is not None and column not in found:
        raise BadInput(f"{file.name} has no column {column}: it has {', '.join(found)}")
    return found[column] if column else next(iter(found.values()))

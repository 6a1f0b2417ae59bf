"""Why a network cannot be analysed, in words."""

from torch import nn

from explorer.errors import BadInput

# What PyTorch says, in its many ways, when values are asked of a tensor that has none.
_WANTS_VALUES = ("meta tensor", "meta device type", "register_meta")


class Untraceable(BadInput):
    """A network whose forward pass cannot be followed by shapes alone; the message says where it stopped and why."""


def stopped(net: nn.Module, path: str, error: Exception) -> Untraceable:
    """What to raise for an error in the forward pass, with the path of the module that was running."""
    where = f"{path} ({type(net.get_submodule(path)).__name__})" if path else f"the forward of {type(net).__name__}"
    return Untraceable(f"{where} {_reason(error)}")


def _reason(error):
    said = str(error).strip() or type(error).__name__
    if any(words in said for words in _WANTS_VALUES):
        return "needs values to go on, as a decision or a size that depends on them, and an analysis has shapes alone."
    if isinstance(error, RecursionError):
        return "calls itself without end."
    if isinstance(error, LookupError):
        said = f"{type(error).__name__} {said}"
    return f"stopped with: {said.splitlines()[0].rstrip('.!')}."

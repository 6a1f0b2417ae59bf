"""The networks that a view's address names, and what their normalisation is called."""

from collections.abc import Sequence

from explorer.errors import BadInput
from explorer.networks.spec import NetworkSpec, TorchvisionSpec, parse_spec
from explorer.ui.say import say_error

PANELS = {"batch": "with BN", "none": "without BN"}


def read_networks(texts: Sequence[str]) -> list[NetworkSpec]:
    """The chosen networks; what is wrong with a text is said on the page, and the rest is used."""
    specs = []
    for text in texts:
        try:
            spec = parse_spec(text)
            if isinstance(spec, TorchvisionSpec):
                raise BadInput(
                    f"{text} has blocks and normalisation of its own: choose one of this project's networks, such as imagenet/basic-18."
                )
            specs.append(spec)
        except BadInput as error:
            say_error(error)
    return specs

"""Recipes by name, in the words of the papers they come from. Imports no torch."""

from dataclasses import dataclass

from explorer.training.recipe import Recipe


@dataclass(frozen=True)
class NamedRecipe:
    """A recipe to start from. `text` says in a sentence what it is and where it comes from."""

    name: str
    title: str
    text: str
    recipe: Recipe


_CIFAR = Recipe(dataset="cifar10", steps=64_000, batch=128, lr=0.1, warmup_steps=0, schedule="steps", augment="crop-flip", probe_every=100)

RECIPES = {
    named.name: named
    for named in (
        NamedRecipe(
            "short", "A short run",
            "30 steps of warm-up, then a cosine to zero over 4 passes through the data: minutes on a CPU (this project's own; "
            "the cosine is Loshchilov and Hutter's, 1608.03983).",
            Recipe(),
        ),
        NamedRecipe(
            "budget", "90 seconds each",
            "As many steps as fit into 90 seconds here, planned by timing the first ones, so that the rate can fall to zero by a "
            "cosine: networks compared at equal time, not at equal steps (this project's own). A "
            "warm-up takes half of the steps at most.",
            Recipe(seconds=90),
        ),
        NamedRecipe(
            "cifar", "The paper's for CIFAR-10",
            "64k steps of 128 pictures, learning rate 0.1 divided by 10 at 32k and 48k, weight decay 0.0001, pictures shifted by "
            "up to 4 pixels and mirrored (1512.03385, section 4.2).",
            _CIFAR,
        ),
        NamedRecipe(
            "cifar-110", "The paper's for 110 layers",
            "As for CIFAR-10, but with a learning rate of 0.01 at first: the paper goes back to 0.1 once the training error is below "
            "80%, after about 400 steps; here it is after 400 steps (1512.03385, section 4.2).",
            _CIFAR.variant(warmup="constant", warmup_steps=400),
        ),
        NamedRecipe(
            "imagenet", "The paper's for ImageNet",
            "Batches of 256, shorter side drawn from 256 to 480 pixels, crop, mirror and colour, learning rate 0.1 (1512.03385, "
            "section 3.4). The paper divides by 10 when the error plateaus; here it is at half and three quarters of 90 passes.",
            Recipe(dataset="imagenette", epochs=90, batch=256, lr=0.1, warmup_steps=0, schedule="steps", augment="imagenet",
                   probe_every=100),
        ),
    )
}

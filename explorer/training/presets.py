"""Ready-made experiments: which networks, which recipe, and what there is to see. Imports no torch."""

from dataclasses import dataclass

from explorer.training.recipe import Recipe


@dataclass(frozen=True)
class Preset:
    """An experiment under a name. `networks` are spec texts in the order in which they are started."""

    name: str
    title: str
    text: str
    networks: tuple[str, ...]
    recipe: Recipe


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "degradation",
            "The degradation problem",
            "Plain and residual nets of 20 and 56 layers on 4,000 digits. The deeper plain net trains worse than the "
            "shallow one, although it could copy it; with shortcuts the deeper net trains as well or better.",
            # The longest first, so that two workers finish at about the same time.
            ("cifar/plain-56?width=8&channels=1", "cifar/basic-56?width=8&channels=1",
             "cifar/plain-20?width=8&channels=1", "cifar/basic-20?width=8&channels=1"),
            Recipe(),
        ),
        Preset(
            "cifar10",
            "The paper's CIFAR-10 experiment",
            "Plain and residual nets of 20 and 56 layers with the paper's recipe: 64k steps of 128 images, learning rate "
            "0.1 divided by 10 at 32k and 48k, crop and flip. Hours on a GPU, days on a CPU.",
            ("cifar/plain-56", "cifar/basic-56", "cifar/plain-20", "cifar/basic-20"),
            Recipe(dataset="cifar10", epochs=164, batch=128, lr=0.1, warmup_steps=0, schedule="steps",
                   augment="crop-flip", probe_every=100),
        ),
    )
}

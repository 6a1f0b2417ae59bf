"""A recipe as a sentence. Imports no torch."""

from explorer.training.recipe import Recipe

_AUGMENT = {
    "none": "no augmentation",
    "crop": "random crops of images padded by 4 pixels",
    "crop-flip": "random crops of images padded by 4 pixels, half of them mirrored",
    "imagenet": "the paper's ImageNet augmentation (scale, crop, mirror, colour)",
}
_PRECISION = {"auto": "bf16 autocast where the device is fast at it", "fp32": "fp32", "bf16": "bf16 autocast"}


def in_words(recipe: Recipe) -> str:
    """SGD with momentum 0.9, weight decay 0.0001, batches of 64, 4 epochs; learning rate 0.05 after … ."""
    parts = [
        f"SGD with momentum {recipe.momentum:g}",
        _decay(recipe),
        f"batches of {recipe.batch}",
        _length(recipe),
        *([f"label smoothing {recipe.label_smoothing:g}"] if recipe.label_smoothing else []),
        *([f"the gradient's norm clipped at {recipe.clip:g}"] if recipe.clip else []),
        _AUGMENT[recipe.augment],
        _PRECISION[recipe.precision],
    ]
    return f"{', '.join(parts)}. {_rate(recipe)}"


def _decay(recipe: Recipe) -> str:
    if not recipe.weight_decay:
        return "no weight decay"
    return f"weight decay {recipe.weight_decay:g}" + ("" if recipe.decay_norm else " (not on normalisations and biases)")


def _length(recipe: Recipe) -> str:
    if recipe.seconds is not None:
        return f"about {recipe.seconds:g} seconds"
    if recipe.steps is not None:
        return f"{recipe.steps:,} steps"
    return f"{recipe.epochs:,} epoch{'s' if recipe.epochs > 1 else ''}"


def _rate(recipe: Recipe) -> str:
    led = ""
    if recipe.warmup_steps and recipe.warmup == "linear":
        led = f" after {recipe.warmup_steps:,} steps of linear warm-up"
    elif recipe.warmup_steps:
        led = f" after {recipe.warmup_steps:,} steps at a tenth of it"
    away = {
        "cosine": "then a cosine to zero",
        "steps": "divided by 10 at half and at three quarters of the steps",
        "constant": "then constant",
    }[recipe.schedule]
    return f"Learning rate {recipe.lr:g}{led}, {away}."

"""What networks are called on screen: short names, made longer only where two would read the same."""

from collections import Counter
from collections.abc import Sequence

from explorer.networks.spec import NetworkSpec, TorchvisionSpec
from explorer.vision.model import Model


def names_of(spec: NetworkSpec | TorchvisionSpec) -> list[str]:
    """The network's title, and the title with its options: Plain-56, Plain-56 (width 8)."""
    options = spec.text.partition("?")[2].replace("&", ", ").replace("=", " ")
    return [spec.title, f"{spec.title} ({options})"] if options else [spec.title, spec.text]


def labels_of(models: Sequence[Model]) -> list[str]:
    """Each model by its network's title; where several have the same, with its data, by its whole title, at last with its id."""
    titles = [model.title.partition(" · ")[0] for model in models]  # what there is to download is no part of its name
    forms = [(model.spec.title, title.split(",")[0], title, f"{title} ({model.id})") for model, title in zip(models, titles, strict=True)]
    return unequal(forms)


def unequal(candidates: Sequence[Sequence[str]]) -> list[str]:
    """For each thing the first of its names, or the next as long as another thing goes by the same."""
    levels = [0] * len(candidates)
    while True:
        chosen = [names[level] for names, level in zip(candidates, levels)]
        count = Counter(chosen)
        longer = [
            level + 1 if count[name] > 1 and level + 1 < len(names) else level
            for name, names, level in zip(chosen, candidates, levels)
        ]
        if longer == levels:
            return chosen
        levels = longer

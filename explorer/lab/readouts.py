"""Linear read-outs of a trained network, fitted on pictures of the data that it was trained on."""

from collections.abc import Callable

from explorer.anatomy.of import anatomy_of
from explorer.data.datasets import describe
from explorer.data.images import Normalise, load
from explorer.data.order import drawn
from explorer.lab.limits import check_answers
from explorer.lab.trained import check_judges
from explorer.vision.explain.probes import BATCH, Probes, fit_probes
from explorer.vision.loading import LoadedModel

JUDGED = 500  # pictures of the validation part, at most


def probes_of(loaded: LoadedModel, dataset: str, count: int, seed: int = 0,
              progress: Callable[[float], None] = lambda done: None) -> Probes:
    """Fitted on `count` training pictures of a data set at hand (all, if there are fewer), judged by pictures of its validation part.

    Raises BadInput where the set does not fit the model or its signals the memory, DataError where it is not at hand or damaged.
    """
    info = describe(dataset)
    check_judges(loaded.model, info)
    check_answers(anatomy_of(loaded.model.spec), BATCH)
    data = load(dataset, size=loaded.model.spec.input, channels=loaded.model.spec.channels)
    normalise = Normalise(loaded.preparation.mean, loaded.preparation.std)
    parts = []
    for images, labels, most in ((data.train_images, data.train_labels, count), (data.val_images, data.val_labels, JUDGED)):
        chosen = drawn(len(labels), most, seed)
        parts += [normalise(images[chosen]), labels[chosen]]
    return fit_probes(loaded.net, *parts, len(loaded.classes), title=info.title, progress=progress)

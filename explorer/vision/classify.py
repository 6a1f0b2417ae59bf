"""Name what is in a picture: the most probable classes, what each crop says by itself, how long it took and which model said so."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.vision.crops import Crop, crops_of
from explorer.vision.dense import SizeError, scores_at_any_size
from explorer.vision.dense_room import room_for
from explorer.vision.loading import LoadedModel
from explorer.vision.model import ModelError, no_finite_numbers
from explorer.vision.picture import Picture
from explorer.vision.prepare import Prepared, prepare

AT_ONCE = 5  # crops of one size


@dataclass(frozen=True, eq=False)
class Answer:
    """What a network says of one crop: float32 probabilities [classes]."""

    crop: Crop
    probabilities: np.ndarray


@dataclass(frozen=True, eq=False)
class Classification:
    """`classes` are (label, probability), the most probable first; `probabilities`, float32 [classes], are those of all, the mean of
    the crops' own `answers`.

    `model` is the model's id. The seconds are those of preparing the crops and of the network's forward passes.
    """

    model: str
    title: str
    classes: tuple[tuple[str, float], ...]
    probabilities: np.ndarray
    answers: tuple[Answer, ...]
    prepare_seconds: float
    network_seconds: float

    @property
    def seconds(self) -> float:
        """Preparation and forward passes."""
        return self.prepare_seconds + self.network_seconds

    @property
    def prepared(self) -> Prepared:
        """The first crop, as the network saw it."""
        return self.answers[0].crop.prepared


def classify(
    model: LoadedModel, picture: Picture, top: int = 5, crops: str = "single", progress: Callable[[int, int], None] = lambda done, of: None
) -> Classification:
    """The `top` most probable classes of one picture, by the mean of the probabilities of its crops, a kind of `crops.KINDS`.

    Probabilities are averaged, as Krizhevsky et al. (2012) average ten crops and Simonyan and Zisserman (1409.1556, section 4.2) scales;
    the ResNets' paper says no more than that scores are. `progress` hears how many crops of how many are done.
    Raises CropsError or ModelError for crops that the network cannot be shown, ModelError if it gives no finite numbers.
    """
    start = time.perf_counter()
    shown = crops_of(picture, model.preparation, crops)
    prepared = time.perf_counter()
    ask = at_any_size if crops == "scales" else probabilities
    found: list[np.ndarray] = []
    for pixels in _batches(shown):
        found.extend(ask(model, pixels).numpy())
        progress(len(found), len(shown))
    mean = np.mean(found, axis=0)
    seconds = prepared - start, time.perf_counter() - prepared
    answers = tuple(map(Answer, shown, found))
    return Classification(model.model.id, model.model.title, likeliest(model.classes, mean, top), mean, answers, *seconds)


def likeliest(labels: Sequence[str], probabilities: np.ndarray, count: int) -> tuple[tuple[str, float], ...]:
    """So many (label, probability), the most probable first."""
    return tuple((labels[place], float(probabilities[place])) for place in ranked(probabilities)[:count])


def ranked(probabilities: np.ndarray) -> list[int]:
    """The places of the classes, the most probable first; of equals the one that comes first."""
    return np.argsort(-probabilities, kind="stable").tolist()


def probabilities(model: LoadedModel, pixels: np.ndarray) -> Tensor:
    """Softmax of the logits, float32 [N, classes] on the CPU, of prepared uint8 images [N, C, size, size]."""
    return _softmax(model, model.net, pixels)


def at_any_size(model: LoadedModel, pixels: np.ndarray) -> Tensor:
    """The same of images of another size [N, C, H, W], over which the network is run in its fully convolutional form.

    Raises ModelError where it has none, TooLarge where they do not fit into the memory.
    """
    try:
        with room_for(model, pixels.shape):
            return _softmax(model, lambda x: scores_at_any_size(model.net, x), pixels)
    except SizeError as error:
        size = model.preparation.size
        raise ModelError(f"{model.model.title} cannot be run over pictures of several sizes: it {error}, and takes {size} x {size} "
                         "pixels and no others. Use one crop or ten.") from error


def _softmax(model: LoadedModel, scores: Callable[[Tensor], Tensor], pixels: np.ndarray) -> Tensor:
    with torch.inference_mode():
        result = scores(normalised(model, pixels)).float().softmax(dim=1).cpu()
    if not result.isfinite().all():
        raise no_finite_numbers(model.model.title)
    return result


def _batches(crops: Sequence[Crop]) -> Iterator[np.ndarray]:
    """The crops' pixels [N, C, H, W], in their order, those of one size a few at a time."""
    batch: list[np.ndarray] = []
    for crop in crops:
        pixels = crop.prepared.pixels
        if batch and (len(batch) == AT_ONCE or batch[0].shape != pixels.shape):
            yield np.stack(batch)
            batch = []
        batch.append(pixels)
    yield np.stack(batch)


def input_of(model: LoadedModel, picture: Picture) -> Tensor:
    """A picture as the network's input, [1, C, H, W]."""
    return normalised(model, prepare(picture, model.preparation).pixels[None])


def normalised(model: LoadedModel, pixels: np.ndarray) -> Tensor:
    """Prepared uint8 images [N, C, H, W] as the network's input: float32 on its device, with its mean and standard deviation."""
    mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in (model.preparation.mean, model.preparation.std))
    return ((torch.from_numpy(pixels).float() / 255 - mean) / std).to(model.device)

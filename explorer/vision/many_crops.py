"""Many pictures, each shown to networks in several crops: one after another, for a picture's crops are a batch of their own."""

import time
from collections.abc import Iterable, Iterator, Sequence

from explorer.errors import BadInput
from explorer.vision.classify import classify
from explorer.vision.dense_room import TooLarge
from explorer.vision.loading import LoadedModel
from explorer.vision.many import Answered, Batch, Phases, likeliest, small_webp
from explorer.vision.picture import open_picture
from explorer.vision.sources import Refused, Source


def answers_by_crops(models: Sequence[LoadedModel], sources: Iterable[Source], crops: str, top: int = 5) -> Iterator[Batch]:
    """What `many.answers` gives, by the mean over a kind of `crops.KINDS`, in float32.

    A picture that cannot be read, or is too large for the memory, is refused by its name. Raises CropsError or ModelError for a
    network that cannot be shown its pictures in this way.
    """
    for source in sources:
        began = time.perf_counter()
        try:
            picture = open_picture(source.read(), source.name)
        except BadInput as problem:
            yield Batch((), (Refused(source.name, str(problem)),), Phases())
            continue
        phases, found = Phases(decode=time.perf_counter() - began), []
        try:
            for model in models:
                one = classify(model, picture, 1, crops)
                found.append(likeliest(one.probabilities, top))
                phases += Phases(prepare=one.prepare_seconds, network=one.network_seconds)
        except TooLarge as problem:
            yield Batch((), (Refused(source.name, f"{source.name} was not classified: {problem}"),), phases)
            continue
        row = Answered(source.name, source.label, picture.image.size, small_webp(picture), tuple(found), picture.notes)
        yield Batch((row,), (), phases)

"""Loaded models, kept for everybody: each is loaded once, and the longest unused ones are let go where they would fill the memory.

Imports no torch before a model is asked for.
"""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from explorer.machine.hardware import training_memory
from explorer.vision.model import Model
from explorer.vision.models import find_model, open_model

if TYPE_CHECKING:
    from explorer.vision.loading import LoadedModel

LEAST_CAP = 2**30  # bytes; ResNet-152 has 0.24 of these, VGG-19 0.57
SHARE = 4  # of the memory, one in so many bytes

# The id, when its file was last written, and its size: another file under the same name is another model.
Mark = tuple[str, int, int]


def default_cap() -> int:
    """Bytes that kept models may take: a quarter of the memory there is to compute in."""
    return max(LEAST_CAP, training_memory()[1] // SHARE)


class KeptModels:
    """Models by id, for any number of threads, at most `cap` bytes of weights of them.

    Those that are being loaded count too: one waits until the others have left it room. One that is larger alone is loaded alone, and
    kept until the next is asked for. Who holds a model keeps it alive: letting go is only of this keeping.
    """

    def __init__(self, cap: int | None = None, open: Callable[[str], "LoadedModel"] = open_model):
        self.cap = default_cap() if cap is None else cap
        self._open = open
        self._kept: OrderedDict[str, tuple[Mark, "LoadedModel"]] = OrderedDict()
        self._under_way = 0
        self._lock = threading.Condition()
        self._loading: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def get(self, model_id: str) -> "LoadedModel":
        """The model, loaded now or before; threads that ask for it at the same time wait for one of them. Raises ModelError."""
        model = find_model(model_id)
        with self._lock:
            alone = self._loading[model.id]
        with alone:
            found = self._known(model)
            if found is None:
                found = self._loaded(model, model_id)
        return found

    @property
    def ids(self) -> tuple[str, ...]:
        """Those kept now, the longest unused first."""
        with self._lock:
            return tuple(self._kept)

    @property
    def bytes(self) -> int:
        """The memory of the weights of those kept now."""
        with self._lock:
            return self._bytes()

    def _known(self, model: Model) -> "LoadedModel | None":
        with self._lock:
            mark, found = self._kept.get(model.id, (None, None))
            if found is None or mark != mark_of(model):
                self._kept.pop(model.id, None)
                return None
            self._kept.move_to_end(model.id)
            return found

    def _loaded(self, model: Model, model_id: str) -> "LoadedModel":
        mark = mark_of(model)  # before it is read: of a file exchanged meanwhile the old weights do not go by the new one's mark
        wanted = mark[-1] or (model.download.bytes if model.download else 0)
        with self._lock:
            self._lock.wait_for(lambda: not self._under_way or self._under_way + wanted <= self.cap)
            self._under_way += wanted
            self._let_go(least=0)
        try:
            found = self._open(model_id)
        finally:
            with self._lock:
                self._under_way -= wanted
                self._lock.notify_all()
        with self._lock:
            self._kept[model.id] = mark if mark[-1] else mark_of(found.model), found
            self._let_go(least=1)
        return found

    def _let_go(self, least: int) -> None:
        """Let go of the longest unused, but for so many, until the others and what is being loaded fit."""
        while len(self._kept) > least and self._bytes() + self._under_way > self.cap:
            self._kept.popitem(last=False)

    def _bytes(self) -> int:
        return sum(loaded.bytes for _, loaded in self._kept.values())


def mark_of(model: Model) -> Mark:
    """What names the very weights of a model, also for what is computed from them and kept: an id may come to stand for others."""
    try:
        about = model.file.stat()
    except OSError:
        return model.id, 0, 0
    return model.id, about.st_mtime_ns, about.st_size

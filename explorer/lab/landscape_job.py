"""Measures a loss surface, from its description to its last point. The worker process calls this once it has a slot."""

import copy
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

import torch

from explorer.anatomy.of import anatomy_of
from explorer.errors import BadInput
from explorer.lab.landscape_memory import fitting_threads
from explorer.lab.landscapes import Asked, asked_of, fingerprint, points_of, row_of
from explorer.lab.trained import validation
from explorer.machine.hardware import cores
from explorer.runs import queue
from explorer.runs.run import Run
from explorer.runs.slots import Slot, spare_slot
from explorer.runs.status import State, recorded_status
from explorer.runs.writer import RunWriter
from explorer.signals.landscape import Landscape, PointValues, directions
from explorer.training.checkpoint import is_about_memory
from explorer.training.job import Control
from explorer.vision.models import find_model, open_model

ADD_SECONDS = 0.5


def carry_out(run: Run, writer: RunWriter, control: Control) -> None:
    """Measure the points that the surface lacks. Raises BadInput with the reason it cannot."""
    asked = asked_of(run)
    if fingerprint(find_model(asked.model).file) != asked.weights:
        raise BadInput(f"The weights of {asked.model} are others than when this surface was begun: measure a new one.")
    loaded = open_model(asked.model)
    control.breathe()
    pictures = validation(loaded, asked.dataset, asked.pictures)
    control.breathe()
    axes = directions(loaded.net, asked.dims, run.config.seed)
    images, labels = pictures.images.to(loaded.device), pictures.labels.to(loaded.device)
    there = points_of(run, asked)
    todo = [index for index in coarse_to_fine(asked) if index not in there]
    print(f"{run.config.network}: {len(todo)} of {asked.count} points on {len(labels)} pictures, on {loaded.device}", flush=True)
    recorder = Recorder(asked, len(there), writer, control)
    anatomy = anatomy_of(loaded.model.spec)
    workers = Workers(todo, lambda: Landscape(copy.deepcopy(loaded.net), axes, images, labels), asked, recorder.record,
                      lambda: fitting_threads(anatomy, asked) > 0)  # fmt: skip
    status = recorded_status(run.folder)
    try:
        workers.work(control, loaded.device.type, own=status and status.threads or 1)
    except (MemoryError, RuntimeError) as error:
        if not isinstance(error, MemoryError) and not is_about_memory(error):
            raise
        raise BadInput("The memory is not enough to measure this network's loss: end other work, or take a smaller network.") from error


def coarse_to_fine(asked: Asked) -> list[int]:
    """The points' indices, row by row numbered, in an order that shows the whole surface early: a coarse lattice around the
    middle first, then those between."""
    middle, size = asked.points // 2, asked.points

    def fineness(index: int) -> tuple[int, int]:
        offsets = [abs(place - middle) for place in (divmod(index, size) if asked.dims == 2 else (index,))]
        lattice = min((offset & -offset or size) for offset in offsets)  # the largest power of two that divides them
        return -lattice, sum(offset**2 for offset in offsets)

    return sorted(range(asked.count), key=fineness)


class Recorder:
    """Writes the points into the folder, whichever thread measured them, and shows how far the surface has come."""

    def __init__(self, asked: Asked, done: int, writer: RunWriter, control: Control):
        self._total, self._done, self._writer, self._control = asked.count, done, writer, control
        self._began, self._new = time.monotonic(), 0
        self._lock = threading.Lock()
        control.show(state=State.RUNNING, reason=None, step=done, total_steps=self._total, progress=done / self._total)

    def record(self, index: int, values: PointValues) -> None:
        """Raises RunWriteError."""
        self._writer.metrics(row_of(index, values.loss, values.error))
        with self._lock:
            self._done += 1
            self._new += 1
            left = (time.monotonic() - self._began) / self._new * (self._total - self._done)
            self._control.show(step=self._done, progress=self._done / self._total, seconds_left=left)


class Workers:
    """Threads that share the points out, each with a network of its own, one a core that this surface may use.

    Its slot's cores, and those of the slots that nobody waits for: they are given back as soon as somebody does. torch
    computes each point on one thread, so that the values do not depend on how many there are. `one_fits` says whether the
    memory has room for a further one.
    """

    def __init__(self, todo: Iterable[int], landscape: Callable[[], Landscape], asked: Asked,
                 record: Callable[[int, PointValues], None], one_fits: Callable[[], bool]):
        self._todo = deque(todo)
        self._landscape, self._asked, self._record, self._one_fits = landscape, asked, record, one_fits
        self._helpers: list[threading.Thread] = []
        self._working = True
        self._failed: Exception | None = None

    def work(self, control: Control, device: str, own: int) -> None:
        """Come back once all points are measured; `own` threads belong to the surface's slot. Raises to stop."""
        landscape = self._landscape()
        added = 0.0
        try:
            while (index := self._next()) is not None:
                if device == "cpu" and time.monotonic() - added > ADD_SECONDS:
                    added = time.monotonic()
                    self._add_helpers(device, own)
                self._measure(landscape, index)
                if control.breathe():
                    self._end_helpers()
                    control.wait_while_paused()
                    self._working = True
        finally:
            self._end_helpers()
        if self._failed:
            raise self._failed

    def _next(self) -> int | None:
        try:
            return None if self._failed else self._todo.popleft()
        except IndexError:
            return None

    def _measure(self, landscape: Landscape, index: int) -> None:
        places = [self._asked.axis[place] for place in divmod(index, self._asked.points)[::-1]][: self._asked.dims]
        self._record(index, landscape.at(*places))

    def _add_helpers(self, device: str, own: int) -> None:
        """Begin as many as there are cores to spare, and points to share."""
        self._helpers = [helper for helper in self._helpers if helper.is_alive()]
        while len(self._helpers) + 1 < min(cores(), len(self._todo)) and self._one_fits():
            slot = None
            if len([helper for helper in self._helpers if helper.name == "own"]) + 1 >= own:
                slot = spare_slot(device)
                if slot is None:
                    return
            helper = threading.Thread(target=self._help, args=(slot, device), daemon=True, name="spare" if slot else "own")
            self._helpers.append(helper)
            helper.start()

    def _help(self, slot: Slot | None, device: str) -> None:
        try:
            torch.set_num_threads(1)
            landscape = self._landscape()
            while self._working and not (slot and queue.anyone_waits(device)) and (index := self._next()) is not None:
                self._measure(landscape, index)
        except Exception as error:
            self._failed = self._failed or error
        finally:
            if slot:
                slot.release()

    def _end_helpers(self) -> None:
        """End the helpers' work after the points that they are at."""
        self._working = False
        for helper in self._helpers:
            helper.join()
        self._helpers = []

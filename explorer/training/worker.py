"""The worker: `python -m explorer.training.worker RUN_FOLDER` carries out one run in a process of its own.

It needs no server and no browser: it waits for its slot, trains, and writes the run folder; what people ask of it
reaches it through the folder's control.json. torch is imported only once the run has a slot.
"""

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from explorer.errors import BadInput
from explorer.machine.load import LoadMeter
from explorer.runs.control import read_request
from explorer.runs.folder import Run, open_folder
from explorer.runs.launcher import computes_on
from explorer.runs.load import LoadLog
from explorer.runs.run import FINAL_WEIGHTS
from explorer.runs.slots import Slot, threads_each, wait_for_slot
from explorer.runs.status import State, Status, recorded_status
from explorer.runs.writer import RunWriteError, RunWriter

LOOK_SECONDS = 0.25
SHOW_SECONDS = 0.5
GRACE_SECONDS = 1.0  # for the training to notice a stop by itself; two seconds are promised


class Stopped(Exception):
    """The run was asked to stop."""


def main(folder: str, work: "Callable[[Run, RunWriter, Keeper], None] | None" = None) -> int:
    """Carry out the run of a folder; 0 if it finished or was stopped, 1 if it failed, 2 if it is no run.

    `work` is done once the run has a slot, and is to import torch no sooner; training, if it is not given.
    """
    try:
        run = open_folder(Path(folder))
        writer = RunWriter(run.folder)
        writer.status(state=State.QUEUED)
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    keeper = Keeper(run, writer)
    signal.signal(signal.SIGTERM, lambda *_: keeper.ask_to_stop())
    signal.signal(signal.SIGINT, lambda *_: keeper.ask_to_stop())
    keeper.start()
    state, reason = _outcome(run, writer, keeper, work or _train)
    keeper.end(state, reason)
    return 1 if state == State.FAILED else 0


def _outcome(run: Run, writer: RunWriter, keeper: "Keeper", work: "Callable[[Run, RunWriter, Keeper], None]") -> tuple[State, str | None]:
    """Do the work; the state it ends in and, unless it went well, a sentence saying why."""
    try:
        keeper.take_slot()
        writer.status(state=State.STARTING, device=keeper.device, threads=_use_threads(run, keeper.device))
        work(run, writer, keeper)
        return State.FINISHED, None
    except Stopped:
        return State.STOPPED, None
    except BadInput as error:
        print(error, file=sys.stderr, flush=True)
        return State.FAILED, str(error)
    except MemoryError:
        return State.FAILED, "This machine's memory is not enough for the run: take a smaller batch or a shallower network."
    except Exception as error:
        traceback.print_exc()
        return State.FAILED, f"An unexpected error ended the run: {type(error).__name__}: {error} (the log has the details)."


def _train(run: Run, writer: RunWriter, keeper: "Keeper") -> None:
    from explorer.training.job import carry_out

    carry_out(run, writer, keeper)


def _use_threads(run: Run, device: str) -> int:
    """Settle how many threads torch will take: those of the run's first launch, for with others the sums round differently."""
    earlier = recorded_status(run.folder)
    threads = earlier and earlier.threads or threads_each(device)
    os.environ |= {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}  # read when torch is imported
    return threads


class Keeper(threading.Thread):
    """Looks after the run beside the training: heartbeat, progress, and what people ask of it.

    The training asks `breathe` after every step. If a stop finds it in something long (importing torch, decoding
    pictures, a step of many seconds), the keeper ends the process: the folder is whole at every moment.
    """

    def __init__(self, run: Run, writer: RunWriter):
        super().__init__(daemon=True, name="keeper")
        self.watched, self.writer = run, writer
        self.device = computes_on(run, recorded_status(run.folder) or Status(state=State.QUEUED))
        self.slot: Slot | None = None
        self._weights = run.folder / FINAL_WEIGHTS
        self._weights_before = _written(self._weights)
        self._load = LoadLog(run.folder)
        self._meter: LoadMeter | None = None
        self._measures = True
        self._stop_asked_at: float | None = None
        self._paused = False
        self._ended = threading.Event()
        self._lock = threading.RLock()  # from taking the fields to having written them: no older word comes after the last one
        self._to_show: dict = {}

    def run(self) -> None:
        shown = 0.0
        while not self._ended.wait(LOOK_SECONDS):
            self._listen()
            if self._stop_asked_at and time.monotonic() - self._stop_asked_at > GRACE_SECONDS:
                self._end_process()
            if time.monotonic() - shown >= SHOW_SECONDS:
                shown = time.monotonic()
                self._write()
            if self._measures and self.slot and self._load.due():
                self._measure()

    def breathe(self) -> bool:
        """True while the run is asked to pause; raises Stopped once it is asked to stop."""
        if self._stop_asked_at:
            raise Stopped
        return self._paused

    def take_slot(self, first: bool = False) -> None:
        """Wait for the run's turn; a pause in the queue lasts until it is taken back. Raises Stopped."""
        self.slot = wait_for_slot(self.watched, self.device, self._wait_in_queue, first=first)

    def wait_while_paused(self) -> None:
        """Give the slot to the next, and come back with one, running, once the run may go on. Raises Stopped.

        A run that is resumed waits at the head of the queue: its memory is taken up all the while.
        """
        self._stand_still()
        self.take_slot(first=True)
        self.writer.status(state=State.RUNNING)

    def _wait_in_queue(self) -> None:
        if self.breathe():
            self._stand_still()

    def _stand_still(self) -> None:
        self.writer.status(state=State.PAUSED, seconds_left=None)
        if self.slot:
            self.slot.release()
            self.slot = None
        while self.breathe():
            time.sleep(LOOK_SECONDS / 2)
        self.writer.status(state=State.QUEUED)

    def show(self, **fields) -> None:
        """Take fields for the status over at the next look; a change of state is written at once."""
        with self._lock:
            self._to_show |= fields
            if "state" in fields:
                self._write()

    def ask_to_stop(self) -> None:
        """The next breath raises Stopped; without one, the process is ended after the grace time."""
        self._stop_asked_at = self._stop_asked_at or time.monotonic()

    def end(self, state: State, reason: str | None) -> bool:
        """Write the last word and leave the folder alone from then on; False if the last word was written before."""
        with self._lock:
            if self._ended.is_set():
                return False
            self._ended.set()
            self.show(state=state, reason=reason, seconds_left=None)
            return True

    def _listen(self) -> None:
        wish = read_request(self.watched)
        if wish == "stop":
            self.ask_to_stop()
        self._paused = wish == "pause"

    def _write(self) -> None:
        with self._lock, suppress(RunWriteError):  # a full disk may have room at the next look; the training reports it
            self.writer.status(**self._to_show)
            self._to_show = {}

    def _measure(self) -> None:
        try:
            if self._meter is None:  # a run that waits measures nothing
                self._meter = LoadMeter()
            self._load.add(self._meter.read())
        except RunWriteError:
            pass  # a full disk may have room at the next look
        except Exception as error:  # of the system or a driver: the run needs its heartbeat, and can do without these figures
            self._measures = False
            print(f"The machine's load is not measured any more: {type(error).__name__}: {error}", file=sys.stderr, flush=True)

    def _end_process(self) -> None:
        with self._lock:  # the training may have come to its end in the grace time: then its weights are there, or its last word
            finished = _written(self._weights) != self._weights_before
            if self.end(State.FINISHED if finished else State.STOPPED, None):
                os._exit(0)


def _written(path: Path) -> int | None:
    """When a file was last written, in nanoseconds since 1970; None if it is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

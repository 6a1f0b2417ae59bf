"""What a run has measured so far, read while it goes on: metrics, the signals of its layers, the log."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from explorer.runs.files import finite
from explorer.runs.run import Run

METRICS = "metrics.jsonl"
LAYERS = "layers.jsonl"
LOG = "log.txt"

TAIL_BYTES = 64 * 1024


@dataclass(frozen=True)
class LayerSeries:
    """What the probes saw at `steps`; a number is None where it was not finite.

    `norms[i][j]` is the L2 norm of layer j's weight gradient at `steps[i]`, `ratios[i][j]` the norm of the step that
    follows, over that of the weight. `stds[i][k]` is the standard deviation of the result of ReLU k, `activations[k]`,
    in the order of the forward pass, and `dead[i][k]` the share of its channels that were zero for the whole batch.
    `ratios[i]`, `stds[i]`, `dead[i]` are empty where they were not recorded, as in runs of earlier versions.
    """

    layers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    steps: tuple[int, ...] = ()
    norms: tuple[tuple[float | None, ...], ...] = ()
    ratios: tuple[tuple[float | None, ...], ...] = ()
    activations: tuple[str, ...] = ()
    stds: tuple[tuple[float | None, ...], ...] = ()
    dead: tuple[tuple[float | None, ...], ...] = ()


def read_metrics(run: Run) -> list[dict]:
    """The rows of `metrics.jsonl` in order; torn and foreign lines are passed over."""
    return SeriesReader(run).metrics()


def read_layers(run: Run) -> LayerSeries:
    """The rows of `layers.jsonl`; torn and foreign lines, and rows of another length, are passed over."""
    return SeriesReader(run).layers()


def tail_log(run: Run, lines: int = 20) -> list[str]:
    """The last lines of the log; none if there is no log."""
    try:
        with open(run.folder / LOG, "rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - TAIL_BYTES))
            text = file.read(TAIL_BYTES).decode(errors="replace")
    except OSError:
        return []
    found = [line.rstrip() for line in text.splitlines()]
    return [line for line in found if line][-lines:] if lines > 0 else []


class SeriesReader:
    """Follows a run's series: each call parses only what was appended since the last. Not for several threads."""

    def __init__(self, run: Run):
        self._metrics = _GrowingFile(run.folder / METRICS)
        self._layers = _GrowingFile(run.folder / LAYERS)
        self._taken = _TakenLayers([])

    def metrics(self) -> list[dict]:
        """As `read_metrics`."""
        return [row for row in self._metrics.rows() if _is_step(row.get("step"))]

    def layers(self) -> LayerSeries:
        """As `read_layers`."""
        rows = self._layers.rows()
        if rows is not self._taken.rows:  # the file was read afresh
            self._taken = _TakenLayers(rows)
        return self._taken.series()


class _TakenLayers:
    """The signals in the rows of a growing list, each row checked once."""

    def __init__(self, rows: list[dict]):
        self.rows = rows
        self._head: dict | None = None
        self._done = 0
        self._columns: dict[str, list] = {"step": [], "grad_norm": [], "update_ratio": [], "activation_std": [], "dead_share": []}

    def series(self) -> LayerSeries:
        self._head = self._head or next((row for row in self.rows if _is_head(row)), None)
        if self._head is None:
            return LayerSeries()
        activations = _names(self._head.get("activations"))
        for row in self.rows[self._done :]:
            self._take(row, len(self._head["layers"]), len(activations))
        self._done = len(self.rows)
        steps, norms, ratios, stds, dead = map(tuple, self._columns.values())
        return LayerSeries(tuple(self._head["layers"]), tuple(self._head["kinds"]), steps, norms, ratios, activations, stds, dead)

    def _take(self, row: dict, layers: int, activations: int) -> None:
        if not (_is_step(row.get("step")) and _is_norms(row.get("grad_norm"), layers)):
            return
        self._columns["step"].append(row["step"])
        for name, width in {"grad_norm": layers, "update_ratio": layers, "activation_std": activations, "dead_share": activations}.items():
            self._columns[name].append(tuple(values) if _is_norms(values := row.get(name), width) else ())


class _GrowingFile:
    """The JSON objects of a file to which another process appends lines.

    A resumed run may have cut the file or replaced it: then the bytes before the place read last are others than
    they were, and reading starts afresh.
    """

    def __init__(self, path: Path):
        self._path = path
        self._start_afresh()

    def _start_afresh(self) -> None:
        self._end, self._seam, self._rows = 0, b"", []

    def rows(self) -> list[dict]:
        try:
            with open(self._path, "rb") as file:
                file.seek(self._end - len(self._seam))
                if file.read(len(self._seam)) != self._seam:
                    self._start_afresh()
                    file.seek(0)
                new = file.read()
        except OSError:
            self._start_afresh()
            return []
        whole = new[: new.rfind(b"\n") + 1]
        if whole:
            self._end += len(whole)
            self._seam = (self._seam + whole)[-1024:]
            self._rows += [row for line in whole.split(b"\n") if (row := _parse(line)) is not None]
        return self._rows


def _parse(line: bytes) -> dict | None:
    try:
        row = json.loads(line)
        return finite(row) if isinstance(row, dict) else None
    except (ValueError, RecursionError):
        return None


def _is_step(value) -> bool:
    return type(value) is int and value >= 0


def _is_head(row: dict) -> bool:
    layers, kinds = row.get("layers"), row.get("kinds")
    names = isinstance(layers, list) and isinstance(kinds, list) and len(layers) == len(kinds)
    return names and all(isinstance(name, str) for name in layers + kinds)


def _names(value) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) and all(isinstance(name, str) for name in value) else ()


def _is_norms(value, width: int) -> bool:
    return isinstance(value, list) and len(value) == width and all(_is_norm(entry) for entry in value)


def _is_norm(value) -> bool:
    return value is None or (type(value) in (int, float) and 0 <= value <= sys.float_info.max)

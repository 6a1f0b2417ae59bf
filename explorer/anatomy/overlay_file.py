"""Read a person's own numbers for the layers of a network, from a CSV or JSON file. Imports no torch.

CSV: a line of column names, then a line for each layer. The column `layer` has the layers' names, as in the layer table;
every other column is an overlay of its own, named by its head, with the unit in brackets where it has one. With a column
`step` (whole numbers from 0), a line belongs to a layer and a step. An empty cell is a layer without a value.

    layer,latency [ms],sparsity             step,layer,weight norm
    conv1,0.41,0.02                         0,conv1,2.41
    layer1.0.conv1,0.38,                    100,conv1,2.57

JSON: one object; `name` and `values` are needed.

    {"name": "latency", "unit": "ms", "scale": "log", "how": "sum", "values": {"conv1": 0.41, "layer1.0.conv1": 0.38}}
    {"name": "weight norm", "steps": [0, 100], "values": {"conv1": [2.41, 2.57]}}

`scale` is "log" or "linear" (left out: log where the values span two decades and none is negative), `how` says how the values
of layers that are drawn as one node are put together: "mean" (also that of CSV columns), "sum" or "max". null is a layer
without a value. NaN and Infinity may stand for numbers and are shown as such. A layer that is not named has no value; a
name that is no layer's is refused, after `module.`, `model.` and `_orig_mod.`, which PyTorch's wrappers put in front, are taken off.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator

from explorer.anatomy.layer_names import matched
from explorer.anatomy.layers import WEIGHTED, Anatomy
from explorer.anatomy.overlay import HOWS, SCALES, Overlay, Value, measured, most_steps, thinned
from explorer.errors import BadInput
from explorer.networks.options import shorten

MOST_BYTES = 8_000_000
MOST_ROWS = 200_000
MOST_COLUMNS = 20
LARGEST_STEP = 2**53
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?|[+-]?nan", re.IGNORECASE | re.ASCII)
HEAD = re.compile(r"(.*?)\s*\[([^\[\]]*)\]")
KEYS = ("name", "unit", "scale", "how", "steps", "values")
NOTE = "Your own numbers, from {}."
OWN = "own"


def read_overlays(content: bytes, file: str, anatomy: Anatomy) -> tuple[Overlay, ...]:
    """The overlays in a file of that name, one for each column of a CSV. Raises BadInput with what is wrong and where."""
    file = shorten(file)
    if len(content) > MOST_BYTES:
        raise BadInput(f"{file} has {len(content) / 1e6:.1f} MB: an overlay's file has at most {MOST_BYTES / 1e6:.0f} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not UTF-8 text (byte {error.start:,} is none of it): save it as CSV or JSON in UTF-8.") from None
    if not text.strip():
        raise BadInput(f"{file} is empty: {_expected(anatomy)}")
    is_json = text.lstrip()[0] in "{["
    if file.lower().endswith(".json") and not is_json:
        raise BadInput(f'{file} is not an overlay in JSON, which begins with {{: {_expected(anatomy)}')
    return (_from_json if is_json else _from_csv)(text, file, anatomy)


def example_csv(anatomy: Anatomy) -> str:
    """A file that can be laid over this very network: two figures of every weight layer."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["layer", "parameters", "result [values]"])
    writer.writerows([layer.name, layer.params, layer.activation_bytes // 4] for layer in _weighted(anatomy))
    return out.getvalue()


def example_json(anatomy: Anatomy) -> str:
    """As `example_csv`, with steps: the receptive field as if it grew from half of what it is."""
    fields = {layer.name: [layer.receptive_field / 2, layer.receptive_field] for layer in _weighted(anatomy)}
    head = {"name": "growing field", "unit": "pixels", "scale": "log", "how": "max", "steps": [0, 100]}
    return json.dumps(head | {"values": fields}, indent=1)


def _weighted(anatomy):
    return [layer for layer in anatomy.layers if layer.kind in WEIGHTED] or anatomy.layers[:1]


def _expected(anatomy: Anatomy) -> str:
    return f"write a line of column names, such as layer,latency, and then one for each layer, such as {_weighted(anatomy)[0].name},0.41."


def _from_csv(text: str, file: str, anatomy: Anatomy) -> tuple[Overlay, ...]:
    lines = _lines(text, file)
    _, head = next(lines, (1, [""]))
    layer_column, step_column, columns = _columns(head, file, anatomy)
    cells = _cells(lines, len(head), layer_column, step_column, columns, file)
    if not cells:
        raise BadInput(f"{file} has column names and nothing below them: {_expected(anatomy)}")
    names = list(dict.fromkeys(name for _, name in cells))
    layers = matched(names, anatomy, file)
    steps = sorted({step for step, _ in cells})
    steps = [steps[i] for i in thinned(len(steps), most_steps(anatomy))]
    empty = [None] * len(columns)
    rows = [[cells.get((step, name), empty) for name in names] for step in steps]
    return tuple(
        _overlay(anatomy, file, *_label_and_unit(title), layers, [[values[i] for values in row] for row in rows],
                 None if step_column is None else steps)
        for i, (_, title) in enumerate(columns)
    )  # fmt: skip


def _cells(lines, width, layer_column, step_column, columns, file) -> dict[tuple[int, str], list[Value]]:
    """The numbers of each step and layer, in the order of the columns; step 0 for a file without steps."""
    cells: dict[tuple[int, str], list[Value]] = {}
    for number, line in lines:
        where = f"Line {number} of {file}"
        if len(cells) == MOST_ROWS:
            raise BadInput(f"{file} has more than {MOST_ROWS:,} lines: leave some steps out.")
        if len(line) != width:
            raise BadInput(f"{where} has {len(line)} cells and the first line {width}: give every line as many.")
        step = 0 if step_column is None else _step(line[step_column].strip(), where)
        name = line[layer_column].strip()
        if not name:
            raise BadInput(f"{where} names no layer.")
        if (step, name) in cells:
            raise BadInput(f"{where} gives {shorten(name)} a second time{'' if step_column is None else f' at step {step}'}.")
        cells[step, name] = [_number(line[column], f"{where}, {shorten(title)}") for column, title in columns]
    return cells


def _lines(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that have something in them, with their numbers."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for line in reader:
            if any(cell.strip() for cell in line):
                yield reader.line_num, line
    except csv.Error as error:
        raise BadInput(f"Line {reader.line_num} of {file} is not CSV: {error}.") from None


def _columns(head: list[str], file: str, anatomy: Anatomy) -> tuple[int, int | None, list[tuple[int, str]]]:
    """Where the layers' names and the steps are, and the columns of numbers with their names."""
    titles = [title.strip() for title in head]
    lower = [title.lower() for title in titles]
    if "layer" not in lower:
        between = " (columns are separated by commas)" if len(head) == 1 and re.search(r"[;\t]", head[0]) else ""
        named = ", ".join(shorten(title) for title in titles[:5])
        raise BadInput(f'{file} has no column "layer"{between}, its first line has {named}: {_expected(anatomy)}')
    # On the screen a [ms] and a [s] would both be a, and of a long name only its beginning is there.
    labels = [shorten(_label_and_unit(title)[0]) for title in lower]
    if twice := next((label for label in labels if labels.count(label) > 1), None):
        raise BadInput(f'{file} has two columns "{twice}": give each a short name of its own.')
    numbers = [(column, title) for column, title in enumerate(titles) if lower[column] not in ("layer", "step")]
    if not all(title for _, title in numbers):
        raise BadInput(f"{file} has a column without a name: its name is what the drawing is coloured by.")
    if not 0 < len(numbers) <= MOST_COLUMNS:
        many = f"more than {MOST_COLUMNS}" if numbers else "no"
        raise BadInput(f"{file} has {many} columns of numbers beside its layers: {_expected(anatomy)}")
    return lower.index("layer"), lower.index("step") if "step" in lower else None, numbers


def _label_and_unit(title: str) -> tuple[str, str]:
    """Of latency [ms]: latency, ms."""
    match = HEAD.fullmatch(title)
    return (match[1] or title, match[2]) if match else (title, "")


def _step(text: str, where: str) -> int:
    if not re.fullmatch(r"\d{1,16}", text, re.ASCII) or int(text) > LARGEST_STEP:
        raise BadInput(f"{where}: a step is a whole number from 0, not {shorten(text) or 'empty'}.")
    return int(text)


def _number(text: str, where: str) -> float | None:
    text = text.strip()
    if text and not NUMBER.fullmatch(text):
        raise BadInput(f"{where}: {shorten(text)} is no number; write it as 0.41 or 4.1e-1, and nothing where there is none.")
    return float(text) if text else None


def _from_json(text: str, file: str, anatomy: Anatomy) -> tuple[Overlay, ...]:
    found = _parsed(text, file)
    if not isinstance(found, dict):
        raise BadInput(f'{file} is a list, and an overlay is one object with "name" and "values".')
    if unknown := [key for key in found if key not in KEYS]:
        raise BadInput(f'{file} has "{shorten(unknown[0])}", which no overlay has: it has {", ".join(KEYS)}.')
    name, values = found.get("name"), found.get("values")
    if not isinstance(name, str) or not name.strip():
        raise BadInput(f'{file} has no "name", a short text that the drawing is coloured by.')
    if not isinstance(values, dict) or not values:
        raise BadInput(f'{file} has no "values", an object with a number for each layer, such as {{"{_weighted(anatomy)[0].name}": 0.41}}.')
    unit = found.get("unit", "")
    if not isinstance(unit, str):
        raise BadInput(f'"unit" in {file} is a short text, such as "ms".')
    scale, how = _one_of(found, "scale", SCALES, None, file), _one_of(found, "how", HOWS, "mean", file)
    steps = _json_steps(found["steps"], file) if "steps" in found else None
    layers = matched(list(values), anatomy, file)
    columns = [_json_values(layer, given, steps, file) for layer, given in values.items()]
    return (_overlay(anatomy, file, name, unit, layers, list(zip(*columns)), steps, how, scale),)


def _parsed(text: str, file: str):
    def once(pairs):
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise BadInput(f'{file} has "{shorten(twice)}" twice.')
        return found

    try:
        return json.loads(text, object_pairs_hook=once)
    except BadInput:
        raise
    except json.JSONDecodeError as error:
        raise BadInput(f"Line {error.lineno} of {file} is not JSON: {error.msg}.") from None
    except (ValueError, RecursionError):  # whole numbers of thousands of digits, brackets in thousands of brackets
        raise BadInput(f"{file} is JSON that no overlay needs: its numbers or its nesting have no end.") from None


def _one_of(found: dict, key: str, offered: tuple[str, ...], default: str | None, file: str) -> str | None:
    value = found.get(key, default)
    if value is not default and value not in offered:
        raise BadInput(f'"{key}" in {file} is {" or ".join(offered)}, not {shorten(str(value))}.')
    return value


def _json_steps(steps, file: str) -> list[int]:
    fine = isinstance(steps, list) and steps and all(type(step) is int and 0 <= step <= LARGEST_STEP for step in steps)
    if not fine or any(a >= b for a, b in zip(steps, steps[1:])):
        raise BadInput(f'"steps" in {file} is a list of whole numbers from 0, each greater than the one before.')
    return steps


def _json_values(layer: str, given, steps: list[int] | None, file: str) -> list[Value]:
    if steps is None:
        return [_json_number(given, layer, file)]
    if not isinstance(given, list) or len(given) != len(steps):
        had = f"{len(given)} values" if isinstance(given, list) else "no list"
        raise BadInput(f"{shorten(layer)} in {file} has {had} for {len(steps)} steps: give it a list with one for each.")
    return [_json_number(value, layer, file) for value in given]


def _json_number(value, layer: str, file: str) -> Value:
    if value is None:
        return None
    if type(value) not in (int, float):
        raise BadInput(f"The value of {shorten(layer)} in {file} is {shorten(json.dumps(value))}, which is no number.")
    try:
        return float(value)
    except OverflowError:
        raise BadInput(f"The value of {shorten(layer)} in {file} is too large for a number.") from None


def _overlay(anatomy, file, label, unit, layers, rows, steps, how="mean", scale=None) -> Overlay:
    if scale == "log" and (negative := _negative(layers, rows)):
        raise BadInput(f'{shorten(label)} in {file} has a negative value ({negative}), which "log" cannot show: make "scale" linear.')
    return measured(anatomy, OWN, shorten(label), shorten(unit), NOTE.format(file), layers, rows, steps, how, scale)


def _negative(layers: list[str], rows: Iterable) -> str | None:
    return next((name for row in rows for name, value in zip(layers, row) if value is not None and value < 0), None)

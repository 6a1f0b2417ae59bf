"""What many sessions watch is read once and drawn once."""

import json
import sys
import threading
from pathlib import Path

from explorer.ui.watch.sessions import KEPT_SECONDS, MOST_DRAWINGS, MOST_WATCHED, Shelf, Watched

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "browser"))
from fake_runs import fake_run, write_steps  # noqa: E402

from explorer.runs.writer import RunWriter  # noqa: E402


def last_step(seen):
    return seen.value[0][-1]["step"]


def test_what_is_new_enough_is_not_read_again():
    run = fake_run(steps=50)
    shared = Watched([run])
    first = shared.rows(0)
    write_steps(RunWriter(run.folder), [60])
    assert shared.rows(60) is first and last_step(first) == 50
    second = shared.rows(0)
    assert last_step(second) == 60 and second.version > first.version


def test_the_version_stays_while_nothing_is_written():
    shared = Watched([fake_run(steps=50)])
    for look in (shared.rows, shared.layers, shared.load):
        assert look(0).version == look(0).version == 1


def test_a_row_that_was_replaced_by_a_resume_is_news():
    run = fake_run(steps=50)
    shared = Watched([run])
    before = shared.rows(0).version
    rows = [json.loads(line) for line in (run.folder / "metrics.jsonl").read_text().splitlines()]
    rows[-1]["loss"] = 9.0
    (run.folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert shared.rows(0).version != before


def test_a_drawing_is_made_once_for_all_until_there_is_another_version():
    shared, made = Watched([fake_run(steps=20)]), []

    def draw():
        made.append(1)
        return bytes(len(made))

    threads = [threading.Thread(target=shared.drawn, args=("error", 1, draw)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert shared.drawn("error", 2, draw) == bytes(2)
    assert shared.drawn("loss", 2, draw) == bytes(3)
    assert shared.drawn("error", 2, draw) == bytes(2)


def test_few_drawings_are_kept_the_latest():
    shared = Watched([])
    for number in range(MOST_DRAWINGS + 5):
        shared.drawn(number, 0, lambda number=number: number)
    assert shared.drawn(MOST_DRAWINGS, 0, lambda: "again") == MOST_DRAWINGS
    assert shared.drawn(0, 0, lambda: "again") == "again"


def test_a_run_without_any_file_yet_is_empty():
    run = fake_run(steps=20)
    for file in run.folder.glob("*.jsonl"):
        file.unlink()
    shared = Watched([run])
    assert shared.rows(0).value == [[]] and shared.layers(0).value[0].steps == () and shared.load(0).value == [[]]


def test_what_is_looked_at_stays_and_what_nobody_looks_at_goes():
    shelf = Shelf()
    busy, left = shelf.get(("busy",), [], 0.0), shelf.get(("left",), [], 0.0)
    for second in range(1, 3 * KEPT_SECONDS):
        assert shelf.get(("busy",), [], float(second)) is busy
    assert len(shelf) == 1
    assert shelf.get(("left",), [], 3.0 * KEPT_SECONDS) is not left


def test_few_are_kept_however_many_are_looked_at_at_once():
    shelf = Shelf()
    for number in range(3 * MOST_WATCHED):
        shelf.get((str(number),), [], 0.0)
    assert len(shelf) == MOST_WATCHED

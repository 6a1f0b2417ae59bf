import multiprocessing
import os
import signal
import threading

import numpy as np
import pytest
from class_folders import make_noise, zipped
from PIL import Image

from explorer.data import decoded as room
from explorer.data.decoded import cache_folder, decoded
from explorer.data.errors import DataError
from explorer.data.folder import scan

NAMES = [f"{kind}/{i:03}.png" for kind in ("cat", "dog") for i in range(100)]


@pytest.fixture
def noise(tmp_path):
    return make_noise(tmp_path / "noise", NAMES)


def expected(folder, pictures) -> np.ndarray:
    return np.stack([np.asarray(Image.open(folder.path / name)).transpose(2, 0, 1) for name, _ in pictures])


def assert_same(one, other):
    for field in ("train_images", "train_labels", "val_images", "val_labels"):
        assert np.array_equal(getattr(one, field), getattr(other, field)), field
    assert (one.statistics, one.report) == (other.statistics, other.report)


@pytest.fixture
def counted(monkeypatch):
    """How many pictures are decoded from here on."""
    calls, lock = [], threading.Lock()

    def count(*arguments):
        with lock:
            calls.append(arguments)
        return square(*arguments)

    square = room.square
    monkeypatch.setattr(room, "square", count)
    return calls


def test_every_picture_is_where_its_name_stands_in_the_scan(noise):
    folder = scan(noise)
    found = decoded(folder, 8, 3)
    assert np.array_equal(found.train_images, expected(folder, folder.train))
    assert np.array_equal(found.val_images, expected(folder, folder.val))
    assert found.train_labels.tolist() == [label for _, label in folder.train]
    assert found.val_labels.tolist() == [0] * 10 + [1] * 10
    assert found.report == folder.report
    pixels = found.train_images / 255
    assert found.statistics.mean == pytest.approx(pixels.mean((0, 2, 3)))
    assert found.statistics.std == pytest.approx(pixels.std((0, 2, 3)))


def test_what_was_decoded_once_is_not_decoded_again(noise, counted):
    first = decoded(scan(noise), 8, 3)
    assert len(counted) == 200
    assert_same(decoded(scan(noise), 8, 3), first)
    assert len(counted) == 200
    assert decoded(scan(noise), 4, 1).train_images.shape == (180, 1, 4, 4)
    assert len(counted) == 400


def test_a_picture_that_changes_is_decoded_anew(noise, counted):
    decoded(scan(noise), 8, 3)
    Image.new("RGB", (8, 8), (1, 2, 3)).save(noise / "cat" / "000.png")
    folder = scan(noise)
    found = decoded(folder, 8, 3)
    assert len(counted) == 400
    everything = np.concatenate([found.train_images, found.val_images])
    where = [name for name, _ in folder.train + folder.val].index("cat/000.png")
    assert everything[where, :, 0, 0].tolist() == [1, 2, 3]


@pytest.mark.parametrize("as_zip", [False, True])
def test_broken_pictures_are_left_out_and_reported_each_time(noise, as_zip):
    (noise / "cat" / "003.png").write_bytes((noise / "cat" / "003.png").read_bytes()[:50])
    (noise / "dog" / "007.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    folder = scan(zipped(noise) if as_zip else noise)
    for _ in range(2):  # decoded, and then out of the cache
        found = decoded(folder, 8, 3)
        assert found.report.kept == len(found.train_labels) + len(found.val_labels) == 198
        assert found.report.skipped == (
            ("cat/003.png", "broken: cannot be decoded as a picture"),
            ("dog/007.png", "broken: cannot be decoded as a picture"),
        )
        assert [one[1] + one[2] for one in found.report.per_class] == [99, 99]
    names = [(name, label) for name, label in folder.train if name not in ("cat/003.png", "dog/007.png")]
    assert np.array_equal(found.train_images, expected(scan(noise), names))


def test_a_class_of_broken_pictures_is_refused(noise):
    for i in range(100):
        (noise / "dog" / f"{i:03}.png").write_bytes(b"broken")
    with pytest.raises(DataError, match="No training picture of the class 'dog' .* can be read: .* 100 broken: cannot be decoded"):
        decoded(scan(noise), 8, 3)


def test_without_a_readable_validation_picture_the_set_is_refused(tmp_path):
    make_noise(tmp_path, ["train/a/1.png", "train/b/1.png"])
    (tmp_path / "val" / "a").mkdir(parents=True)
    (tmp_path / "val" / "a" / "1.png").write_bytes(b"broken")
    with pytest.raises(DataError, match="No validation picture in .* can be read"):
        decoded(scan(tmp_path), 8, 3)


def test_progress_rises_to_one_and_may_end_the_work(noise):
    seen = []
    decoded(scan(noise), 8, 3, seen.append)
    assert seen == sorted(seen) and seen[-1] == 1.0 and len(seen) > 2

    class Stop(Exception):
        pass

    def stop(done):
        raise Stop

    with pytest.raises(Stop):
        decoded(scan(noise), 4, 3, stop)
    assert len([folder for folder in cache_folder().iterdir() if folder.is_dir()]) == 1
    assert decoded(scan(noise), 4, 3).train_images.shape == (180, 3, 4, 4)


@pytest.mark.parametrize("damage", ["images", "about", "shape"])
def test_a_damaged_cache_is_made_anew(noise, damage):
    first = decoded(scan(noise), 8, 3)
    (kept,) = (folder for folder in cache_folder().iterdir() if folder.is_dir())
    content = (kept / "images.npy").read_bytes()
    (kept / "images.npy").unlink()  # `first` still has the pages of the old one
    if damage == "images":
        (kept / "images.npy").write_bytes(content[:-1])
    elif damage == "about":
        (kept / "images.npy").write_bytes(content)
        (kept / "about.json").write_text('{"broken": [')
    else:
        np.save(kept / "images.npy", np.zeros((3, 3, 8, 8), np.uint8))
    assert_same(decoded(scan(noise), 8, 3), first)


def test_a_cache_that_cannot_be_written_is_done_without(noise, explorer_home):
    first = decoded(scan(noise), 8, 3)
    explorer_home.rename(explorer_home.with_name("away"))
    explorer_home.write_text("a file where the folder should be")
    assert_same(decoded(scan(noise), 8, 3), first)


def test_the_cache_throws_away_what_was_used_longest_ago(noise, monkeypatch):
    one = 200 * 3 * 8 * 8
    monkeypatch.setattr(room, "MOST_BYTES", 2 * one)
    folder = scan(noise)
    for channels in (3, 1):
        decoded(folder, 8, channels)
    first, second = sorted((f for f in cache_folder().iterdir() if f.is_dir()), key=lambda f: -(f / "images.npy").stat().st_size)
    for age, place in enumerate((first, second)):
        os.utime(place, (1000 - age, 1000 - age))
    decoded(folder, 8, 3)  # used now
    decoded(folder, 12, 1)
    kept = {f for f in cache_folder().iterdir() if f.is_dir()}
    assert first in kept and second not in kept and len(kept) == 2
    decoded(folder, 16, 3)  # more than the whole cache may hold: nothing is thrown away for it
    assert {f for f in cache_folder().iterdir() if f.is_dir()} == kept


def _decode_and_die(path, ready):
    def on_progress(done):
        ready.set()
        signal.pause()

    room.np.save = lambda *arguments, **options: os.kill(os.getpid(), signal.SIGKILL)
    decoded(scan(path), 8, 3, on_progress if ready else lambda done: None)


@pytest.mark.parametrize("moment", ["while decoding", "while writing"])
def test_a_process_killed_at_work_leaves_nothing_that_is_taken_for_pictures(noise, moment):
    context = multiprocessing.get_context("spawn")
    ready = context.Event() if moment == "while decoding" else None
    process = context.Process(target=_decode_and_die, args=(noise, ready))
    process.start()
    if ready:
        assert ready.wait(60)
        process.kill()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    folder = scan(noise)
    assert np.array_equal(decoded(folder, 8, 3).train_images, expected(folder, folder.train))
    assert sorted(path.suffix for path in cache_folder().iterdir()) == ["", ".lock"]


def test_two_at_a_time_decode_once(noise, counted):
    results, waited = [], threading.Event()
    started = threading.Barrier(2)

    def work():
        started.wait()
        results.append(decoded(scan(noise), 8, 3, lambda done: waited.set()))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert_same(*results)
    assert len(counted) == 200


def test_fifty_thousand_real_pictures_are_listed(shared_data):
    folder = scan(shared_data / "cifar10-train-jpeg.zip")
    assert folder.report.kept == 50_000 and not folder.report.skipped
    assert folder.report.per_class[0] == ("airplane", 4500, 500)

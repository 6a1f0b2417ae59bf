"""Published files, read by our readers and by torchvision's, and what happens to damaged ones."""

import gzip
import io
import pickle
import tarfile
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from published_files import COUNT, cifar10_archive, cifar100_archive, idx, mat, pixels, write_idx, write_svhn

from explorer.data.catalogue import CATALOGUE
from explorer.data.errors import DataError
from explorer.data.matlab import read_mat
from explorer.data.published import find, padded, read
from explorer.networks.torchvision_models import torchvision

LABELS = np.arange(COUNT, dtype=np.uint8) % 10


def extract(content: bytes, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(folder, filter="data")


def copied(name: str, place: Path):
    entry = CATALOGUE[name]
    return read(entry, find(entry, place))


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(("name", "folder", "kind"), [("mnist", "MNIST", "MNIST"), ("fashion-mnist", "FashionMNIST", "FashionMNIST")])
def test_idx_files_are_read_as_torchvision_reads_them(tmp_path, name, folder, kind, packed):
    train, val = pixels(0, COUNT, 28, 28), pixels(1, COUNT, 28, 28)
    write_idx(tmp_path / folder / "raw", train, val, LABELS, packed)
    (train_images, train_labels), (val_images, val_labels) = copied(name, tmp_path)
    assert np.array_equal(train_images, padded(train)) and np.array_equal(val_images, padded(val))
    assert train_images.shape == (COUNT, 1, 32, 32)
    if not packed:
        theirs = getattr(torchvision().datasets, kind)(tmp_path, train=False)
        assert np.array_equal(theirs.data.numpy(), val) and theirs.targets.tolist() == val_labels.tolist()
    assert train_labels.tolist() == LABELS.tolist()


def test_cifar_is_read_as_torchvision_reads_it(tmp_path, monkeypatch):
    train, val, fine = pixels(0, COUNT, 3, 32, 32), pixels(1, COUNT, 3, 32, 32), [99, *range(COUNT - 1)]
    extract(cifar100_archive(train, val, fine), tmp_path)
    (train_images, train_labels), (val_images, _) = copied("cifar100", tmp_path)
    original = torchvision().datasets.CIFAR100
    monkeypatch.setattr(original, "_check_integrity", lambda self: True)
    monkeypatch.setattr(original, "_load_meta", lambda self: None)
    theirs = original(tmp_path, train=True)
    assert np.array_equal(theirs.data.transpose(0, 3, 1, 2), train_images) and np.array_equal(train, train_images)
    assert theirs.targets == train_labels.tolist() == fine
    assert np.array_equal(val_images, val)


@pytest.mark.parametrize("place", ["", "cifar-10-python.tar.gz", "unpacked", "unpacked/cifar-10-batches-py"])
def test_cifar10_is_found_in_its_archive_and_unpacked(tmp_path, place):
    images = pixels(2, 12, 3, 32, 32)
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(content := cifar10_archive(images, [3] * 12))
    extract(content, tmp_path / "unpacked")
    train, val = copied("cifar10", tmp_path / place)
    assert np.array_equal(train[0], images[:10]) and np.array_equal(val[0], images[10:])
    assert find(CATALOGUE["cifar100"], tmp_path / place) is None


@pytest.mark.parametrize("place", ["", "train_32x32.mat", "raw/.."])
def test_svhn_has_its_axes_in_order_and_its_zeros_labelled_zero(tmp_path, place):
    train, val = pixels(0, COUNT, 3, 32, 32), pixels(1, COUNT, 3, 32, 32)
    write_svhn(tmp_path, train, val, LABELS)
    (tmp_path / "raw").mkdir()
    (train_images, train_labels), (val_images, val_labels) = copied("svhn", tmp_path / place)
    assert np.array_equal(train_images, train) and np.array_equal(val_images, val)
    assert train_labels.tolist() == val_labels.tolist() == LABELS.tolist()


def test_half_of_a_data_set_is_not_found(tmp_path):
    images = pixels(0, COUNT, 3, 32, 32)
    write_svhn(tmp_path, images, images, LABELS)
    (tmp_path / "test_32x32.mat").unlink()
    write_idx(tmp_path / "MNIST" / "raw", images[:, 0], images[:, 0], LABELS)
    (tmp_path / "MNIST" / "raw" / "t10k-labels-idx1-ubyte.gz").unlink()
    extract(cifar10_archive(images, LABELS.tolist()), tmp_path)
    (tmp_path / "cifar-10-batches-py" / "data_batch_3").unlink()
    assert [name for name, entry in CATALOGUE.items() if find(entry, tmp_path)] == []


def test_digits_and_clothes_of_the_same_file_names_are_told_apart_by_their_folder(tmp_path):
    for folder in ("MNIST", "FashionMNIST"):
        write_idx(tmp_path / folder / "raw", pixels(0, 1, 28, 28), pixels(1, 1, 28, 28), LABELS[:1])
        for place in (tmp_path / folder, tmp_path / folder / "raw"):
            found = [name for name in ("mnist", "fashion-mnist") if find(CATALOGUE[name], place)]
            assert found == ["mnist" if folder == "MNIST" else "fashion-mnist"]
    assert find(CATALOGUE["mnist"], tmp_path) == tmp_path / "MNIST" / "raw"
    assert find(CATALOGUE["fashion-mnist"], tmp_path) == tmp_path / "FashionMNIST" / "raw"


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_matlab_file_gives_its_arrays_back(tmp_path, compressed, order):
    arrays = {"X": pixels(0, 4, 3, 2), "y": np.array([[1.0], [10.0], [3.0]]), "tiny": np.array([[7]], np.uint8)}
    (tmp_path / "a.mat").write_bytes(mat(arrays, compressed, order))
    found = read_mat(tmp_path / "a.mat")
    assert list(found) == list(arrays)
    assert all(np.array_equal(found[name], arrays[name]) and found[name].dtype == arrays[name].dtype for name in arrays)


class Intruder:
    def __reduce__(self):
        return (print, ("code that a pickle smuggled in",))


def write_batches(folder: Path, content: bytes) -> None:
    for name in ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"):
        (folder / name).write_bytes(content)


def test_a_pickle_that_would_run_code_is_refused(tmp_path, capsys):
    write_batches(tmp_path, pickle.dumps({b"data": Intruder(), b"labels": []}))
    with pytest.raises(DataError, match="is damaged .*print.*delete it and download it again"):
        copied("cifar10", tmp_path)
    assert "smuggled" not in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b".", b"0.", b"h\x05.", pickle.dumps([1]), pickle.dumps({b"data": 1, b"labels": None}),
                                     pickle.dumps({b"data": np.zeros((2, 3072), np.uint8), b"labels": [1, 10]}),
                                     pickle.dumps({b"data": np.zeros((2, 3072), np.uint8), b"labels": [1]}),
                                     pickle.dumps({b"data": np.zeros((2, 3072)), b"labels": [1, 2]})])
def test_a_damaged_batch_file_gets_a_sentence(tmp_path, content):
    write_batches(tmp_path, content)
    with pytest.raises(DataError, match="is damaged .*: delete it and download it again"):
        copied("cifar10", tmp_path)


def files_of(name: str, folder: Path) -> tuple[Path, ...]:
    images, fine = pixels(0, COUNT, 3, 32, 32), LABELS.tolist()
    if name == "cifar10":
        (folder / "cifar-10-python.tar.gz").write_bytes(cifar10_archive(images, fine))
    elif name == "mnist":
        write_idx(folder, images[:, 0, 2:-2, 2:-2], images[:, 1, 2:-2, 2:-2], LABELS)
    else:
        write_svhn(folder, images, images, LABELS)
    return tuple(file for file in folder.iterdir() if file.is_file())


@pytest.mark.parametrize("name", ["cifar10", "mnist", "svhn"])
def test_a_file_damaged_anywhere_gets_a_sentence(tmp_path, name):
    for file in files_of(name, tmp_path):
        content = file.read_bytes()
        for at in np.linspace(0, len(content) - 1, 20).astype(int):
            for damaged in (content[:at], content[:at] + bytes([content[at] ^ 0xFF, 0, 255]) + content[at + 3 :]):
                file.write_bytes(damaged)
                with suppress(DataError):  # any other exception fails the test; what lies past the data may be read
                    copied(name, tmp_path)
        file.write_bytes(content)
    copied(name, tmp_path)


def test_a_small_file_that_claims_to_be_large_is_refused(tmp_path):
    write_idx(tmp_path, pixels(0, 2, 28, 28), pixels(1, 2, 28, 28), LABELS[:2])
    claimed = bytearray(idx(pixels(0, 2, 28, 28)))
    claimed[4:8] = b"\xff\xff\xff\xff"
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(bytes(claimed)))
    with pytest.raises(DataError, match="MNIST .* is damaged"):
        copied("mnist", tmp_path)


def test_a_matlab_file_that_unpacks_to_anything_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.data.matlab.LARGEST", 10_000)
    bomb = zlib.compress(bytes(1_000_000))
    (tmp_path / "a.mat").write_bytes(mat({}) + b"\x0f\0\0\0" + len(bomb).to_bytes(4, "little") + bomb)
    with pytest.raises(ValueError, match="unpacks to more than 10,000 bytes"):
        read_mat(tmp_path / "a.mat")


def test_pictures_of_another_size_are_refused(tmp_path):
    write_idx(tmp_path, pixels(0, 2, 14, 14), pixels(1, 2, 14, 14), LABELS[:2])
    with pytest.raises(DataError, match="pictures of shape"):
        read(replace(CATALOGUE["mnist"]), tmp_path)

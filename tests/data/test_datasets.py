"""The catalogue, what is at hand, and downloads from a server on this machine."""

import gzip
import io
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from published_files import COUNT, archive, cifar10_archive, idx, pixels, published_at, web_server, write_idx

from explorer.data.catalogue import CATALOGUE
from explorer.data.datasets import datasets_at_hand, describe, fetch, pictures_of, settled, title_of
from explorer.data.errors import DataError
from explorer.data.images import load
from explorer.machine.download import DownloadError
from explorer.machine.folders import downloads_folder
from explorer.networks.known_data import CIFAR100_CLASSES, IMAGENETTE_CLASSES
from explorer.networks.torchvision_models import torchvision

NAMES = ["mnist-5k", "shapes", "mnist", "fashion-mnist", "cifar10", "cifar100", "svhn", "imagenette"]


@pytest.fixture
def server(monkeypatch):
    """`server(name, contents)` publishes a data set's files on this machine."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    served = {}
    with web_server(served) as base:

        def publish(name, contents):
            served.update({f"/{Path(file.path).name}": content for file, content in zip(CATALOGUE[name].files, contents, strict=True)})
            published_at(monkeypatch, name, base, contents)

        yield publish


def test_every_data_set_is_described_without_being_there():
    assert list(datasets_at_hand()) == NAMES
    assert [name for name, there in datasets_at_hand().items() if there] == ["mnist-5k", "shapes"]
    for name in NAMES:
        info = describe(name)
        assert info.name == name == settled(name) and info.at_hand == datasets_at_hand()[name]
        assert info.source and info.licence and info.note.endswith(".")
        assert ("to download" in info.note) == (not info.at_hand)
        assert ("Resized for a network of another input" in info.note) == (name not in ("shapes", "imagenette"))


@pytest.mark.parametrize(("name", "title"), [
    ("mnist-5k", "MNIST-5k"), ("mnist", "MNIST"), ("fashion-mnist", "Fashion-MNIST"), ("cifar10", "CIFAR-10"), ("cifar100", "CIFAR-100"),
    ("svhn", "SVHN"), ("imagenette", "Imagenette"), ("/home/me/my zoo", "my zoo"), ("ImageNet", "ImageNet"), ("", ""),
    ("shapes?x=3", "shapes?x=3"),
    ("shapes?difficulty=0.2", describe("shapes?difficulty=0.2").title), ("~nobody/x", "x"), ("a\0b", "a\0b"),
])  # fmt: skip
def test_every_name_has_a_title(name, title):
    assert title_of(name) == title


def test_what_the_catalogue_holds_of_each_set():
    held = {info.name: (len(info.classes), info.channels, info.size, info.train, info.val) for info in map(describe, NAMES)}
    assert held == {
        "mnist-5k": (10, 1, 32, 4_000, 1_000), "shapes": (8, 3, 32, 10_000, 2_000), "mnist": (10, 1, 32, 60_000, 10_000),
        "fashion-mnist": (10, 1, 32, 60_000, 10_000), "cifar10": (10, 3, 32, 50_000, 10_000), "cifar100": (100, 3, 32, 50_000, 10_000),
        "svhn": (10, 3, 32, 73_257, 26_032), "imagenette": (10, None, None, 9_469, 3_925),
    }
    assert CIFAR100_CLASSES == tuple(sorted(set(CIFAR100_CLASSES))) and len(CIFAR100_CLASSES) == 100


def test_addresses_and_checksums_are_torchvisions():
    theirs = torchvision().datasets

    def ours(name):
        return [(*file.urls, file.md5) for file in CATALOGUE[name].files]

    for name, kind in (("mnist", theirs.MNIST), ("fashion-mnist", theirs.FashionMNIST)):
        assert ours(name) == [(*(mirror + file for mirror in kind.mirrors), md5) for file, md5 in kind.resources]
    assert describe("fashion-mnist").classes == tuple(theirs.FashionMNIST.classes)
    for name, kind in (("cifar10", theirs.CIFAR10), ("cifar100", theirs.CIFAR100)):
        assert (ours(name), CATALOGUE[name].folder) == ([(kind.url, kind.tgz_md5)], kind.base_folder)
    assert ours("svhn") == [(theirs.SVHN.split_list[part][0], theirs.SVHN.split_list[part][2]) for part in ("train", "test")]
    assert ours("imagenette") == [theirs.Imagenette._ARCHIVES["160px"]]
    assert IMAGENETTE_CLASSES == {wnid: names[0] for wnid, names in theirs.Imagenette._WNID_TO_CLASS.items()}


def test_an_unknown_data_set_is_refused_with_those_there_are():
    with pytest.raises(DataError, match=f"There is no data set 'cifar1000': use {', '.join(NAMES)}, or the path of a folder or zip"):
        describe("cifar1000")
    with pytest.raises(DataError, match="There is no data set"):
        settled("cifar1000")


@pytest.mark.parametrize("name", ["~nobody-of-that-name/pictures", "x" * 5000, "a/" * 3000, "nul\0byte"])
def test_a_path_that_cannot_be_is_no_data_set(name):
    with pytest.raises(DataError, match="There is no data set"):
        describe(name)


def test_cifar10_is_downloaded_with_its_progress_and_read_from_the_archive(server):
    images, labels = pixels(0, 12, 3, 32, 32), [i % 10 for i in range(12)]
    server("cifar10", [content := cifar10_archive(images, labels)])
    seen = []
    fetch("cifar10", lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(content), len(content))
    assert datasets_at_hand()["cifar10"] is True and describe("cifar10").at_hand
    data = load("cifar10")
    assert np.array_equal(data.train_images.numpy(), images[:10]) and np.array_equal(data.val_images.numpy(), images[10:])
    assert data.train_labels.tolist() == labels[:10] and data.val_labels.tolist() == labels[10:]
    assert data.classes[6] == "frog" and data.mean == (0.4914, 0.4822, 0.4465) and data.std == (0.2470, 0.2435, 0.2616)


def test_the_four_files_of_mnist_are_downloaded_as_one_to_where_torchvision_looks(server):
    images, labels = pixels(0, COUNT, 28, 28), np.arange(COUNT, dtype=np.uint8) % 10
    contents = [gzip.compress(idx(values)) for values in (images, labels, images, labels)]
    server("mnist", contents)
    seen = []
    fetch("mnist", lambda done, total: seen.append((done, total)))
    whole = sum(map(len, contents))
    assert seen == sorted(seen) and seen[-1] == (whole, whole)
    assert (downloads_folder() / "MNIST" / "raw" / "train-images-idx3-ubyte.gz").is_file()
    assert len(load("mnist").train_labels) == COUNT


def test_a_download_with_another_checksum_is_not_kept(server):
    server("cifar10", [cifar10_archive(pixels(0, 12, 3, 32, 32), [0] * 12)])
    entry = CATALOGUE["cifar10"]
    CATALOGUE["cifar10"] = replace(entry, files=(replace(entry.files[0], md5="0" * 32),))
    with pytest.raises(DownloadError, match="is not the file that was expected"):
        fetch("cifar10")
    assert datasets_at_hand()["cifar10"] is False


def test_a_copy_elsewhere_is_known_by_its_path(tmp_path):
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(cifar10_archive(pixels(0, 12, 3, 32, 32), [3] * 12))
    info = describe(str(tmp_path))
    assert (info.title, info.at_hand, info.size) == ("CIFAR-10", True, 32) and "to download" not in info.note
    assert settled(str(tmp_path)) == str(tmp_path.resolve())
    assert pictures_of(str(tmp_path)) is None
    assert len(load(str(tmp_path)).val_labels) == 2


def test_a_folder_of_several_data_sets_asks_which(tmp_path):
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(cifar10_archive(pixels(0, 12, 3, 32, 32), [3] * 12))
    write_idx(tmp_path / "MNIST" / "raw", pixels(0, 1, 28, 28), pixels(1, 1, 28, 28), np.zeros(1, np.uint8))
    with pytest.raises(DataError, match="holds several data sets: give the path of one of them .*MNIST/raw, .*cifar-10-python.tar.gz"):
        describe(str(tmp_path))
    assert describe(str(tmp_path / "MNIST")).title == "MNIST"


def imagenette(top: str = "imagenette2-160") -> dict[str, bytes]:
    """Two pictures of each class and part."""
    files = {}
    for part in ("train", "val"):
        for i, wnid in enumerate(IMAGENETTE_CLASSES):
            for number in range(2):
                picture = io.BytesIO()
                Image.new("RGB", (20, 16), (25 * i, 100 * number, 0)).save(picture, "JPEG")
                files[f"{top}/{part}/{wnid}/{number}.JPEG"] = picture.getvalue()
    return files


def test_imagenette_is_unpacked_and_its_class_folders_have_names(server):
    server("imagenette", [archive(imagenette())])
    assert describe("imagenette").at_hand is False
    with pytest.raises(DataError, match="Imagenette is not on this machine: download it first"):
        pictures_of("imagenette")
    fetch("imagenette")
    info = describe("imagenette")
    assert info.at_hand and info.classes[0] == "tench" and info.size is None
    folder = pictures_of("imagenette")
    assert folder.classes == info.classes and len(folder.train) == len(folder.val) == 20
    assert pictures_of(str(downloads_folder() / "imagenette2-160")).classes == info.classes
    data = load("imagenette", size=8)
    assert data.train_images.shape == (20, 3, 8, 8) and data.classes == info.classes
    fetch("imagenette")  # is there: nothing happens
    assert [path.name for path in downloads_folder().iterdir() if path.is_dir()] == ["imagenette2-160"]


def member(name: str, kind: bytes, link: str = "") -> bytes:
    """An archive of Imagenette with one more member."""
    packed = io.BytesIO(archive(imagenette()))
    plain = io.BytesIO()
    with tarfile.open(fileobj=packed) as old, tarfile.open(fileobj=plain, mode="w:gz") as new:
        for one in old:
            new.addfile(one, old.extractfile(one))
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, link
        new.addfile(info)
    return plain.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (member("imagenette2-160/../../escaped", tarfile.REGTYPE), "would lie outside"),
        (member("/escaped", tarfile.REGTYPE), "would lie outside"),
        (member("other/train/x.JPEG", tarfile.REGTYPE), "would lie outside"),
        (member("imagenette2-160/train/link", tarfile.SYMTYPE, "/etc"), "neither a file nor a folder"),
        (member("imagenette2-160/train/link", tarfile.LNKTYPE, "imagenette2-160/train"), "neither a file nor a folder"),
        (member("imagenette2-160/pipe", tarfile.FIFOTYPE), "neither a file nor a folder"),
        (archive(imagenette())[:-600], "cannot be unpacked"),
        (b"no archive", "cannot be unpacked"),
    ],
    ids=["traversal", "absolute", "another top", "symlink", "hard link", "pipe", "truncated", "no archive"],
)
def test_an_archive_that_is_not_plain_pictures_leaves_nothing_behind(server, content, sentence):
    server("imagenette", [content])
    with pytest.raises(DataError, match=sentence):
        fetch("imagenette")
    assert [path for path in downloads_folder().iterdir() if not path.name.startswith(".")] == []
    assert not describe("imagenette").at_hand


def test_an_archive_that_unpacks_to_anything_is_refused(server, monkeypatch):
    server("imagenette", [archive(imagenette())])
    monkeypatch.setattr("explorer.data.unpack.MOST_BYTES", 5000)
    with pytest.raises(DataError, match="more files or bytes than there is room for"):
        fetch("imagenette")


def test_the_catalogue_is_read_without_torch():
    code = "import sys, explorer.data.datasets, explorer.data.shapes; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"

import hashlib
import http.server
import io
import pickle
import tarfile
import threading
from contextlib import suppress

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.data import datasets
from explorer.data.datasets import datasets_at_hand, describe, fetch
from explorer.data.images import DataError, Normalise, batch_for, load
from explorer.machine.download import DownloadError
from explorer.machine.folders import downloads_folder
from explorer.networks.known_data import CIFAR10_CLASSES
from explorer.networks.spec import parse_spec


def test_mnist_5k_has_400_and_100_of_each_digit_padded_to_32_pixels():
    data = load("mnist-5k")
    assert data.train_images.shape == (4000, 1, 32, 32) and data.val_images.shape == (1000, 1, 32, 32)
    assert data.train_images.dtype == torch.uint8 and data.train_labels.dtype == torch.int64
    assert data.train_labels.bincount().tolist() == [400] * 10
    assert data.val_labels.bincount().tolist() == [100] * 10
    assert data.train_images[..., :2, :].sum() == data.train_images[..., -2:].sum() == 0
    assert data.classes == tuple("0123456789")
    info = describe("mnist-5k")
    assert (info.train, info.val, info.size, info.channels) == (4000, 1000, 32, 1)


def test_the_training_and_validation_digits_are_different_pictures():
    data = load("mnist-5k")
    train = {image.numpy().tobytes() for image in data.train_images}
    assert sum(image.numpy().tobytes() in train for image in data.val_images) == 0


def test_grey_digits_are_repeated_over_the_channels_of_a_network():
    grey, colour = load("mnist-5k"), load("mnist-5k", channels=3)
    assert colour.train_images.shape == (4000, 3, 32, 32)
    assert all(torch.equal(colour.train_images[:, c], grey.train_images[:, 0]) for c in range(3))
    assert (colour.mean, colour.std) == ((0.1307,) * 3, (0.3081,) * 3)


def test_normalise_maps_the_mean_to_zero_and_one_deviation_to_one():
    levels = torch.tensor([0, 51, 255], dtype=torch.uint8).view(1, 1, 1, 3).expand(1, 2, 1, 3)
    out = Normalise((0.2, 0.5), (0.1, 0.25))(levels)
    assert out.dtype == torch.float32
    assert torch.allclose(out[0, :, 0], torch.tensor([[-2.0, 0.0, 8.0], [-2.0, -1.2, 2.0]]), atol=1e-6)


@pytest.mark.parametrize("text", ["cifar/basic-20", "cifar/plain-20?channels=1", "imagenet/basic-18?input=64&classes=3"])
def test_batch_for_fits_the_digits_to_a_network(text):
    spec = parse_spec(text)
    images, labels = batch_for(spec, 12, seed=3)
    assert images.shape == (12, spec.channels, spec.input, spec.input) and images.dtype == torch.float32
    assert labels.shape == (12,) and 0 <= labels.min() and labels.max() < spec.classes
    again, _ = batch_for(spec, 12, seed=3)
    other, _ = batch_for(spec, 12, seed=4)
    assert torch.equal(images, again) and not torch.equal(images, other)


def test_a_folder_of_pictures_becomes_one_tensor_with_its_own_statistics(tmp_path):
    random = np.random.default_rng(0)
    pixels = {}
    for kind in ("a", "b"):
        (tmp_path / kind).mkdir()
        for i in range(10):
            pixels[f"{kind}/{i}"] = random.integers(0, 256, (6, 6, 3), dtype=np.uint8)
            Image.fromarray(pixels[f"{kind}/{i}"]).save(tmp_path / kind / f"{i}.png")
    data = load(str(tmp_path), size=6, channels=3)
    assert data.train_images.shape == (18, 3, 6, 6) and data.val_labels.tolist() == [0, 1]
    every = np.concatenate([data.train_images.numpy(), data.val_images.numpy()]).transpose(0, 2, 3, 1)
    assert sorted(image.tobytes() for image in every) == sorted(image.tobytes() for image in pixels.values())
    train = data.train_images.double() / 255
    assert data.mean == pytest.approx(train.mean((0, 2, 3)).tolist())
    assert data.std == pytest.approx(train.std((0, 2, 3), correction=0).tolist())


def test_the_real_class_folders_of_cifar10_are_described_without_reading_them(shared_data):
    info = describe(str(shared_data / "cifar10-train-jpeg.zip"))
    assert info.classes == CIFAR10_CLASSES
    assert (info.train, info.val) == (45_000, 5_000)


def test_an_unknown_data_set_is_refused_with_those_there_are():
    with pytest.raises(DataError, match="There is no data set 'cifar100': use mnist-5k, cifar10, or the path of a folder or zip"):
        describe("cifar100")


def test_the_constants_are_torchvisions():
    from explorer.networks.torchvision_models import torchvision

    original = torchvision().datasets.CIFAR10
    assert (original.url, original.tgz_md5, original.base_folder) == (
        datasets.CIFAR10_URL, datasets.CIFAR10_MD5, datasets.CIFAR10_FOLDER)


def cifar10_archive(images: np.ndarray, labels: list[int], protocol=2) -> bytes:
    """The six batch files in a tar, in the layout of the original: 3072 bytes a row, labels as a list, keys as bytes."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        parts = np.array_split(np.arange(len(labels)), 6)
        for name, part in zip([*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"], parts, strict=True):
            rows = images[part].reshape(len(part), -1)
            content = pickle.dumps({b"data": rows, b"labels": [labels[i] for i in part]}, protocol=protocol)
            member = tarfile.TarInfo(f"{datasets.CIFAR10_FOLDER}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture
def server(monkeypatch):
    """A web server on this machine that stands in for the university's; yields a setter of what it serves."""
    content = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            found = content.get(self.path)
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(found or b"")))
            self.end_headers()
            self.wfile.write(found or b"")

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        monkeypatch.setattr(datasets, "CIFAR10_URL", f"http://127.0.0.1:{httpd.server_port}/cifar-10-python.tar.gz")

        def serve(archive: bytes, md5: str | None = None):
            content["/cifar-10-python.tar.gz"] = archive
            monkeypatch.setattr(datasets, "CIFAR10_MD5", md5 or hashlib.md5(archive).hexdigest())

        yield serve
        httpd.shutdown()


def test_cifar10_is_downloaded_with_its_progress_and_read_from_the_archive(server):
    images = np.random.default_rng(0).integers(0, 256, (12, 3, 32, 32), dtype=np.uint8)
    labels = [i % 10 for i in range(12)]
    server(archive := cifar10_archive(images, labels))
    assert datasets_at_hand()["cifar10"] is False
    seen = []
    fetch("cifar10", lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(archive), len(archive))
    assert datasets_at_hand()["cifar10"] is True and describe("cifar10").at_hand
    data = load("cifar10")
    assert np.array_equal(data.train_images.numpy(), images[:10]) and np.array_equal(data.val_images.numpy(), images[10:])
    assert data.train_labels.tolist() == labels[:10] and data.val_labels.tolist() == labels[10:]
    assert data.classes[6] == "frog" and data.mean == (0.4914, 0.4822, 0.4465) and data.std == (0.2470, 0.2435, 0.2616)


def test_cifar10_is_read_from_the_folder_that_torchvision_unpacks(server):
    images = np.random.default_rng(1).integers(0, 256, (12, 3, 32, 32), dtype=np.uint8)
    with tarfile.open(fileobj=io.BytesIO(cifar10_archive(images, [3] * 12))) as archive:
        archive.extractall(downloads_folder(), filter="data")
    assert np.array_equal(load("cifar10").train_images.numpy(), images[:10])


def test_cifar10_is_read_from_a_copy_elsewhere(tmp_path):
    images = np.random.default_rng(2).integers(0, 256, (12, 3, 32, 32), dtype=np.uint8)
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(content := cifar10_archive(images, [3] * 12))
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    unpacked = tmp_path / "unpacked"
    for place in (tmp_path, tmp_path / "cifar-10-python.tar.gz", unpacked, unpacked / datasets.CIFAR10_FOLDER):
        info = describe(str(place))
        assert (info.title, info.at_hand, info.size) == ("CIFAR-10", True, 32)
        assert np.array_equal(load(str(place)).val_images.numpy(), images[10:])


def test_a_download_with_another_checksum_is_not_kept(server):
    server(b"something else", md5=datasets.CIFAR10_MD5)
    with pytest.raises(DownloadError):
        fetch("cifar10")
    assert datasets_at_hand()["cifar10"] is False


def test_without_a_download_cifar10_says_what_to_do():
    with pytest.raises(DataError, match="CIFAR-10 is not on this machine: download it first"):
        load("cifar10")


class Intruder:
    def __reduce__(self):
        return (print, ("code that a pickle smuggled in",))


def test_a_pickle_that_would_run_code_is_refused(capsys):
    folder = downloads_folder() / datasets.CIFAR10_FOLDER
    folder.mkdir(parents=True)
    for name in ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"):
        (folder / name).write_bytes(pickle.dumps({b"data": Intruder(), b"labels": []}))
    with pytest.raises(DataError, match="is damaged .*print.*delete it and download it again"):
        load("cifar10")
    assert "smuggled" not in capsys.readouterr().out


def test_an_archive_damaged_anywhere_gets_a_sentence(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (12, 3, 32, 32), dtype=np.uint8)
    content = cifar10_archive(images, [3] * 12)
    copy = tmp_path / "cifar-10-python.tar.gz"
    for at in np.linspace(0, len(content) - 1, 40).astype(int):
        for damaged in (content[:at], content[:at] + bytes([content[at] ^ 0xFF, 0, 255]) + content[at + 3 :]):
            copy.write_bytes(damaged)
            with suppress(DataError):  # any other exception fails the test; what lies past the data may be read
                load(str(copy))


@pytest.mark.parametrize("content", [b"", b".", b"0.", b"h\x05.", pickle.dumps([1]), pickle.dumps({b"data": 1, b"labels": None})])
def test_a_damaged_batch_file_gets_a_sentence(tmp_path, content):
    for name in ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"):
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match="is damaged .*: delete it and download it again"):
        load(str(tmp_path))


@pytest.mark.parametrize("name", ["~nobody-of-that-name/pictures", "x" * 5000, "a/" * 3000, "nul\0byte"])
def test_a_path_that_cannot_be_is_an_unknown_data_set(name):
    with pytest.raises(DataError, match="There is no data set"):
        describe(name)
    with pytest.raises(DataError, match="There is no data set"):
        load(name)

"""Small published data sets in their true layouts, and a web server that stands in for where they are published."""

import gzip
import hashlib
import http.server
import io
import pickle
import struct
import tarfile
import threading
import zlib
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from explorer.data.catalogue import CATALOGUE

COUNT = 12  # pictures of each part


def pixels(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def archive(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


class Python2Pickler(pickle._Pickler):
    """Writes bytes as Python 2 wrote its strings, as in the original files."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_bytes(self, content):
        length = bytes([len(content)]) if len(content) < 256 else struct.pack("<i", len(content))
        self.write((b"U" if len(content) < 256 else b"T") + length + content)
        self.memoize(content)

    dispatch[bytes] = save_bytes


def pickled(values: dict) -> bytes:
    packed = io.BytesIO()
    Python2Pickler(packed, protocol=2).dump(values)
    return packed.getvalue()


def cifar10_archive(images: np.ndarray, labels: list[int]) -> bytes:
    """The six batch files in a tar, in the layout of the original: 3072 bytes a row, labels as a list, keys as bytes."""
    parts = np.array_split(np.arange(len(labels)), 6)
    names = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    return archive({
        f"cifar-10-batches-py/{name}": pickled({b"data": images[part].reshape(len(part), -1), b"labels": [labels[i] for i in part]})
        for name, part in zip(names, parts, strict=True)
    })


def cifar100_archive(train: np.ndarray, val: np.ndarray, fine: list[int]) -> bytes:
    return archive({
        f"cifar-100-python/{name}": pickled(
            {b"data": images.reshape(len(images), -1), b"coarse_labels": [0] * len(images), b"fine_labels": fine})
        for name, images in (("train", train), ("test", val))
    })


def idx(values: np.ndarray) -> bytes:
    return bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


def write_idx(folder: Path, train: np.ndarray, val: np.ndarray, labels: np.ndarray, packed: bool = True) -> None:
    """The four files of MNIST."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"train-images-idx3": train, "train-labels-idx1": labels, "t10k-images-idx3": val, "t10k-labels-idx1": labels}
    for name, values in files.items():
        content = idx(values)
        (folder / f"{name}-ubyte{'.gz' * packed}").write_bytes(gzip.compress(content) if packed else content)


def mat(arrays: dict[str, np.ndarray], compressed: bool = True, order: str = "<") -> bytes:
    """A MATLAB 5 file as SciPy or MATLAB write it; doubles that are small whole numbers are stored as bytes."""
    content = b"MATLAB 5.0 MAT-file".ljust(124) + (b"\0\1IM" if order == "<" else b"\1\0MI")
    for name, values in arrays.items():
        kind, stored = (6, values.astype(np.uint8)) if values.dtype == np.float64 else (9, values)
        matrix = (_element(6, struct.pack(order + "II", kind, 0), order)
                  + _element(5, struct.pack(f"{order}{values.ndim}i", *values.shape), order)
                  + _element(1, name.encode(), order) + _element(2, stored.tobytes(order="F"), order))
        matrix = struct.pack(order + "II", 14, len(matrix)) + matrix
        packed = zlib.compress(matrix)
        content += struct.pack(order + "II", 15, len(packed)) + packed if compressed else matrix
    return content


def _element(kind: int, data: bytes, order: str) -> bytes:
    if len(data) <= 4:
        return struct.pack(order + "I", len(data) << 16 | kind) + data.ljust(4, b"\0")
    return struct.pack(order + "II", kind, len(data)) + data + b"\0" * (-len(data) % 8)


def write_svhn(folder: Path, train: np.ndarray, val: np.ndarray, labels: np.ndarray) -> None:
    """`train` and `val` are [N, 3, 32, 32]; the digit 0 is written as 10."""
    folder.mkdir(parents=True, exist_ok=True)
    y = np.where(labels == 0, 10, labels).astype(np.float64)[:, None]
    for name, images in (("train", train), ("test", val)):
        (folder / f"{name}_32x32.mat").write_bytes(mat({"X": images.transpose(2, 3, 1, 0), "y": y}))


@contextmanager
def web_server(content: dict[str, bytes]):
    """Serves the contents by path; yields its address."""

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
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()


def published_at(monkeypatch, name: str, base: str, contents: list[bytes]) -> None:
    """Let the catalogue say that the files of a data set lie there, in this order, with these contents."""
    files = tuple(
        replace(file, urls=(f"{base}/{Path(file.path).name}",), md5=hashlib.md5(content).hexdigest())
        for file, content in zip(CATALOGUE[name].files, contents, strict=True)
    )
    monkeypatch.setitem(CATALOGUE, name, replace(CATALOGUE[name], files=files, download_bytes=sum(map(len, contents))))

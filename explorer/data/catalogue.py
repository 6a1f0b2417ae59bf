"""The named data sets: what they hold, where they are published, and in which files. Imports no torch.

Addresses, mirrors, checksums and file names are those of torchvision's data set classes, so that what torchvision has
downloaded is found, and what is downloaded here can be read by torchvision.
"""

from dataclasses import dataclass
from typing import Literal

from explorer.networks import known_data
from explorer.networks.known_data import Statistics


@dataclass(frozen=True)
class RemoteFile:
    """A file to download: its addresses in the order to try, its place below the downloads folder, its MD5."""

    urls: tuple[str, ...]
    path: str
    md5: str


@dataclass(frozen=True)
class NamedData:
    """A published data set. `size` is in pixels, MNIST's after padding; `download_bytes` is what all files take together.

    `format` says how its files are read: idx (MNIST's), cifar (pickled batches in a folder or archive), mat (MATLAB's),
    or pictures (class folders, fitted to the network's input: without size, channels and statistics).
    """

    name: str
    title: str
    format: Literal["idx", "cifar", "mat", "pictures"]
    folder: str
    files: tuple[RemoteFile, ...]
    download_bytes: int
    classes: tuple[str, ...]
    channels: int | None
    size: int | None
    train: int
    val: int
    statistics: Statistics | None
    source: str
    licence: str
    note: str = ""


def _idx_files(folder: str, mirrors: tuple[str, ...], md5s: tuple[str, ...]) -> tuple[RemoteFile, ...]:
    names = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")
    return tuple(
        RemoteFile(tuple(mirror + name for mirror in mirrors), f"{folder}/raw/{name}", md5)
        for name, md5 in zip(names, md5s, strict=True)
    )


_ENTRIES = (
    NamedData(
        "mnist", "MNIST", "idx", "MNIST",
        _idx_files("MNIST", ("https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"),
                   ("f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432",
                    "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c")),
        11_594_722, known_data.DIGITS, 1, 32, 60_000, 10_000, known_data.MNIST_STATISTICS,
        "Y. LeCun, C. Cortes, C. Burges, yann.lecun.com/exdb/mnist", "CC BY-SA 3.0",
        "Handwritten digits, padded from 28 to 32 pixels.",
    ),
    NamedData(
        "fashion-mnist", "Fashion-MNIST", "idx", "FashionMNIST",
        _idx_files("FashionMNIST", ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
                   ("8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe",
                    "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310")),
        30_878_645, known_data.FASHION_CLASSES, 1, 32, 60_000, 10_000, known_data.FASHION_STATISTICS,
        "Zalando Research, 1708.07747, github.com/zalandoresearch/fashion-mnist", "MIT",
        "Pieces of clothing in grey, padded from 28 to 32 pixels.",
    ),
    NamedData(
        "cifar10", "CIFAR-10", "cifar", "cifar-10-batches-py",
        (RemoteFile(("https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",), "cifar-10-python.tar.gz",
                    "c58f30108f718f92721af3b95e74349a"),),
        170_498_071, known_data.CIFAR10_CLASSES, 3, 32, 50_000, 10_000, known_data.CIFAR10_STATISTICS,
        "A. Krizhevsky 2009, cs.toronto.edu/~kriz/cifar.html", "none stated",
        "Small photographs; the data of the paper's section 4.2.",
    ),
    NamedData(
        "cifar100", "CIFAR-100", "cifar", "cifar-100-python",
        (RemoteFile(("https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",), "cifar-100-python.tar.gz",
                    "eb9058c3a382ffc7106e4002c42a8d85"),),
        169_001_437, known_data.CIFAR100_CLASSES, 3, 32, 50_000, 10_000, known_data.CIFAR100_STATISTICS,
        "A. Krizhevsky 2009, cs.toronto.edu/~kriz/cifar.html", "none stated",
        "Small photographs of 100 kinds of things, 500 of each to train on.",
    ),
    NamedData(
        "svhn", "SVHN", "mat", "SVHN",
        (RemoteFile(("http://ufldl.stanford.edu/housenumbers/train_32x32.mat",), "train_32x32.mat",
                    "e26dedcc434d2e4c54c9b2d4a06d8373"),
         RemoteFile(("http://ufldl.stanford.edu/housenumbers/test_32x32.mat",), "test_32x32.mat",
                    "eb5a983be6a315427106f1b164d9cef3")),
        246_316_178, known_data.DIGITS, 3, 32, 73_257, 26_032, known_data.SVHN_STATISTICS,
        "Y. Netzer et al. 2011, ufldl.stanford.edu/housenumbers", "for non-commercial use only",
        "Digits of house numbers in photographs; classes of unequal size.",
    ),
    NamedData(
        "imagenette", "Imagenette", "pictures", "imagenette2-160",
        (RemoteFile(("https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-160.tgz",), "imagenette2-160.tgz",
                    "e793b78cc4c9e9a4ccc0c1155377a412"),),
        99_003_388, tuple(known_data.IMAGENETTE_CLASSES.values()), None, None, 9_469, 3_925, None,
        "J. Howard, github.com/fastai/imagenette; pictures of ImageNet", "Apache 2.0; the pictures are their owners'",
        "Ten easy classes of ImageNet, the shorter side 160 pixels; fitted to the network's input.",
    ),
)

CATALOGUE = {entry.name: entry for entry in _ENTRIES}

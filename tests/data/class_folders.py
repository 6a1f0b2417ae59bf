"""Made-up pictures for tests: class folders, and zips of them."""

import zipfile
from pathlib import Path

import numpy as np
from PIL import Image


def make_pictures(folder: Path, names: list[str], size=(8, 8), colour=(255, 0, 0)) -> Path:
    """Pictures of one colour under these names."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, colour).save(folder / name)
    return folder


def make_noise(folder: Path, names: list[str], size=(8, 8), seed: int = 0) -> Path:
    """Pictures of random pixels, each different, under these names."""
    random = np.random.default_rng(seed)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)).save(folder / name)
    return folder


def zipped(folder: Path) -> Path:
    """A zip beside the folder with all that is in it."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
    return path

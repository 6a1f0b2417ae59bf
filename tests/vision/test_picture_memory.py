"""What decoding takes of the memory: measured in processes of their own, and never more than two copies of one large picture."""

import io
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.vision.kept_pictures import KeptPictures

SIDE = 5000
COPY = 4 * SIDE**2 / 2**20  # megabytes of it, decoded: Pillow takes four bytes for a pixel in colour
ROOT = Path(__file__).resolve().parents[2]

MEASURED = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from explorer.vision.picture import PictureError, open_picture, thumbnail

def peak():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) / 1024

def look(data):
    try:
        return {call}
    except PictureError as error:
        return str(error)

data = Path(sys.argv[1]).read_bytes()
look(data[:200])  # what decoders take for themselves
before = peak()
with ThreadPoolExecutor({threads}) as pool:
    print(list(pool.map(look, [data] * {threads})))
print(peak() - before)
"""


def measured(file: Path, call: str, threads: int) -> tuple[str, float]:
    """What the calls return, and how many megabytes the process grew by at its largest."""
    if not Path("/proc/self/status").exists():
        pytest.skip("needs Linux, which tells a process's largest size")
    command = [sys.executable, "-c", MEASURED.format(call=call, threads=threads), str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    *said, grown = done.stdout.splitlines()
    return "\n".join(said), float(grown)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A PNG of 25 megapixels, half of it transparent."""
    pixels = np.zeros((SIDE, SIDE, 4), np.uint8)
    pixels[: SIDE // 2, :, 3] = 255
    file = tmp_path_factory.mktemp("large") / "large.png"
    Image.fromarray(pixels).save(file, compress_level=1)
    return file


def test_four_large_pictures_at_once_take_the_memory_of_one(large):
    said, grown = measured(large, "open_picture(data, 'it').image.size", 4)
    assert said == str([(SIDE, SIDE)] * 4)
    assert COPY < grown < 3.5 * COPY  # the file's pixels, the RGB ones, and at times those of the one before, on their way out


def test_a_thumbnail_of_a_large_jpeg_takes_a_fraction(tmp_path):
    file = tmp_path / "large.jpg"
    Image.new("RGB", (SIDE, SIDE), (90, 120, 200)).save(file)
    said, grown = measured(file, "thumbnail(data, 'it', 96).size", 4)
    assert said == str([(SIDE, SIDE)] * 4) and grown < COPY / 2


@pytest.mark.parametrize("kind", ["pixels", "text"])
def test_what_only_claims_to_be_large_takes_nothing(tmp_path, kind):
    """A PNG of 2^31 pixels a side, and one whose text chunk unpacks to 150 MB."""

    def chunk(name, data):
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    side = (2**31 - 1 if kind == "pixels" else 1).to_bytes(4, "big")
    packer = zlib.compressobj()
    packed = b"".join([packer.compress(bytes(2**20)) for _ in range(150)]) + packer.flush() if kind == "text" else b""
    file = tmp_path / "bomb.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", side * 2 + b"\x08\x02\0\0\0") + chunk(b"zTXt", b"a\0\0" + packed)
                     + chunk(b"IDAT", zlib.compress(bytes(4))) + chunk(b"IEND", b""))  # fmt: skip
    said, grown = measured(file, "open_picture(data, 'it')", 1)
    assert said.startswith("['it ") and grown < 40


def test_of_decoded_pictures_as_many_are_kept_as_the_memory_holds():
    def png(shade, side=100):
        file = io.BytesIO()
        Image.new("RGB", (side, side), (shade, 0, 0)).save(file, "PNG")
        return file.getvalue()

    kept = KeptPictures(most_bytes=2 * 40_000)
    first, seconds = kept.picture("a", png(1), "a")
    assert seconds > 0 and kept.picture("a", b"", "a") == (first, seconds)  # not decoded again
    kept.picture("b", png(2), "b")
    kept.picture("a", b"", "a")
    kept.picture("c", png(3), "c")  # b, looked at longest ago, makes room
    assert kept.bytes == 80_000 and kept.picture("a", b"", "a")[0] is first
    assert kept.picture("b", png(2), "b")[0].image.getpixel((0, 0)) == (2, 0, 0)
    assert kept.picture("large", png(4, 300), "large")[0].image.size == (300, 300)
    assert kept.bytes == 80_000

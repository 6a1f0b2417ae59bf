import io
import zipfile
import zlib

import numpy as np
import pytest
from class_folders import zipped
from PIL import Image

from explorer.data.decode import BROKEN, BrokenPicture, opened, square, upright


def saved(picture: Image.Image, form="PNG", **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def test_a_picture_of_the_wanted_size_keeps_its_pixels():
    pixels = np.random.default_rng(0).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    out = square(saved(Image.fromarray(pixels)), 6, 3)
    assert out.dtype == np.uint8 and np.array_equal(out, pixels.transpose(2, 0, 1))


def test_pictures_are_cropped_to_a_square_scaled_and_turned_grey():
    picture = Image.new("RGB", (30, 10), (0, 0, 0))
    picture.paste((200, 200, 200), (10, 0, 20, 10))
    grey = square(saved(picture), 5, 1)
    assert grey.shape == (1, 5, 5)
    assert abs(grey.astype(int) - 200).max() <= 15  # the filter reaches a little beyond the square
    assert square(saved(picture), 5, 3).shape == (3, 5, 5)


def test_a_photograph_taken_sideways_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise
    picture = Image.new("RGB", (4, 4), (0, 0, 0))
    picture.paste((255, 255, 255), (0, 0, 4, 2))
    out = square(saved(picture, exif=exif), 4, 1)[0]
    assert (out[:, 2:] == 255).all() and (out[:, :2] == 0).all()


def test_transparent_parts_are_white_and_sixteen_bits_are_scaled_not_clipped():
    assert (square(saved(Image.new("RGBA", (4, 4), (10, 20, 30, 0))), 4, 3) == 255).all()
    assert (square(saved(Image.fromarray(np.full((4, 4), 0x7F00, np.uint16))), 4, 3) == 0x7F).all()


def test_a_large_jpeg_is_decoded_at_an_eighth_and_looks_the_same():
    ramp = np.linspace(0, 255, 1600).astype(np.uint8)
    content = saved(Image.fromarray(np.broadcast_to(ramp, (1600, 1600)).copy()), "JPEG", quality=95)
    with upright(content, 1, least=64) as picture:
        assert picture.size == (200, 200)
    exact = np.asarray(Image.open(io.BytesIO(content)).resize((32, 32), Image.Resampling.BICUBIC)).astype(int)
    assert abs(square(content, 32, 1)[0] - exact).max() <= 2


@pytest.mark.parametrize("side", [8_001, 14_000])
def test_too_many_pixels_are_refused_by_the_header(side):
    """14,000 squared is beyond what Pillow itself opens."""
    content = bytearray(saved(Image.new("RGB", (8, 8))))
    content[16:24] = side.to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    with pytest.raises(BrokenPicture, match="of more than 64 megapixels"):
        square(bytes(content), 8, 3)


def test_a_format_that_is_not_a_pictures_is_refused_whatever_its_name():
    with pytest.raises(BrokenPicture, match=BROKEN):
        square(saved(Image.new("RGB", (8, 8)), "EPS"), 8, 3)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"])
def test_a_picture_cut_off_anywhere_is_broken_or_whole(form):
    content = saved(Image.fromarray(np.random.default_rng(0).integers(0, 256, (9, 9, 3), dtype=np.uint8)), form)
    for end in range(0, len(content), max(1, len(content) // 60)):
        try:
            assert square(content[:end], 9, 3).shape == (3, 9, 9)
        except BrokenPicture as error:
            assert str(error) == BROKEN


def test_an_entry_of_a_zip_that_is_damaged_is_broken(pets):
    archive = zipped(pets)
    with zipfile.ZipFile(archive) as file:
        entry = file.getinfo("cat/03.png")
    content = bytearray(archive.read_bytes())
    middle = entry.header_offset + 30 + len("cat/03.png") + entry.compress_size // 2
    content[middle : middle + 4] = b"\0\0\0\0"
    archive.write_bytes(content)
    with opened(archive) as read:
        assert read("cat/02.png") == (pets / "cat" / "02.png").read_bytes()
        with pytest.raises(BrokenPicture, match=BROKEN):
            read("cat/03.png")


def test_a_picture_that_went_away_is_broken(pets):
    with opened(pets) as read, pytest.raises(BrokenPicture, match=BROKEN):
        read("cat/99.png")

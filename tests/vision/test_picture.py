"""Every kind of file a person may give: read right, or turned down in a sentence."""

import io
import os
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from explorer.errors import BadInput
from explorer.vision.picture import MAX_BYTES, MAX_PIXELS, PictureError, open_picture


def encode(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def colours(width=6, height=4):
    """An image in which every pixel differs."""
    return Image.fromarray(np.arange(width * height * 3, dtype=np.uint8).reshape(height, width, 3))


def png_header(width, height):
    """A PNG that only claims its size."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "WEBP"])
def test_a_lossless_picture_keeps_every_pixel(kind):
    picture = open_picture(encode(colours(), kind, **({"lossless": True} if kind == "WEBP" else {})))
    assert picture.image.mode == "RGB" and picture.notes == ()
    np.testing.assert_array_equal(np.asarray(picture.image), np.asarray(colours()))


def test_a_file_reads_like_its_bytes(tmp_path):
    file = tmp_path / "picture.png"
    file.write_bytes(encode(colours(), "PNG"))
    for path in (file, str(file)):
        np.testing.assert_array_equal(np.asarray(open_picture(path).image), np.asarray(colours()))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bit_grey_is_scaled_and_not_clipped(kind):
    values = np.array([[0, 128, 129, 257], [32768, 65278, 65406, 65535]], np.uint16)
    picture = open_picture(encode(Image.fromarray(values), kind))
    assert np.asarray(picture.image)[:, :, 0].tolist() == [[0, 0, 1, 1], [128, 254, 254, 255]]
    assert picture.notes == ("its 16-bit grey values were reduced to 8 bits",)


def test_transparency_is_laid_on_white():
    image = Image.new("RGBA", (2, 1), (10, 20, 30, 255))
    image.putpixel((1, 0), (0, 0, 0, 0))
    picture = open_picture(encode(image, "PNG"))
    assert [picture.image.getpixel((x, 0)) for x in (0, 1)] == [(10, 20, 30), (255, 255, 255)]
    assert picture.notes == ("its transparent parts were laid on white",)


def test_a_palette_with_a_transparent_colour_is_laid_on_white():
    image = Image.new("P", (2, 1), 0)
    image.putpalette([200, 0, 0, 0, 0, 200])
    image.putpixel((1, 0), 1)
    picture = open_picture(encode(image, "PNG", transparency=1))
    assert [picture.image.getpixel((x, 0)) for x in (0, 1)] == [(200, 0, 0), (255, 255, 255)]


def test_cmyk_becomes_rgb():
    picture = open_picture(encode(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=100))
    red, green, blue = picture.image.getpixel((4, 4))
    assert red > 240 and green < 15 and blue < 15
    assert picture.notes == ("its CMYK colours were converted to RGB",)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken(kind):
    first, second = Image.new("RGB", (4, 4), "red"), Image.new("RGB", (4, 4), "blue")
    options = {"lossless": True} if kind == "WEBP" else {}
    picture = open_picture(encode(first, kind, save_all=True, append_images=[second], **options))
    assert picture.image.getpixel((0, 0)) == (255, 0, 0)
    assert picture.notes == ("the first of its 2 frames was taken",)


@pytest.mark.parametrize(("orientation", "corner"), [(1, (0, 0)), (3, (5, 3)), (6, (3, 0)), (8, (0, 5))])
def test_a_turned_photo_is_set_upright(orientation, corner):
    image = Image.new("RGB", (6, 4))
    image.putpixel((0, 0), (255, 0, 0))
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = open_picture(encode(image, "PNG", exif=exif))
    assert picture.image.size == ((4, 6) if orientation > 4 else (6, 4))
    assert picture.image.getpixel(corner) == (255, 0, 0)
    assert bool(picture.notes) == (orientation != 1)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"hello, I am text", "is not a picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "is not a picture"),
        (encode(colours(), "EPS"), "is not a picture"),
        (encode(colours(), "PPM"), "is not a picture"),
        (encode(colours(64, 64), "PNG")[:-40], "damaged or incomplete"),
        (encode(colours(64, 64), "JPEG")[:800], "damaged or incomplete"),
        (encode(Image.fromarray(np.ones((4, 4), np.float32)), "TIFF"), "32-bit grey"),
        (png_header(10_000, 6_401), "10000 x 6401 pixels"),
        (png_header(50_000, 50_000), "too many pixels"),
        (png_header(2**31 - 1, 2**31 - 1), "too many pixels"),
        (png_header(0, 0), "is not a picture"),
    ],
)
def test_what_cannot_be_classified_gets_a_sentence(data, sentence):
    with pytest.raises(PictureError, match=sentence) as caught:
        open_picture(data, "upload.png")
    assert str(caught.value).startswith("upload.png ") and "\n" not in str(caught.value)
    assert isinstance(caught.value, BadInput)


def test_too_many_bytes_are_refused_before_they_are_read(tmp_path):
    file = tmp_path / "large.png"
    with file.open("wb") as sparse:
        sparse.truncate(MAX_BYTES + 1)
    with pytest.raises(PictureError, match=r"large.png has 209,715,201 bytes; at most 200 MB"):
        open_picture(file)


def test_the_pixel_limit_is_checked_before_anything_is_decoded():
    """A header of just too many pixels is turned down for its size; one of just few enough, for its missing pixels."""
    with pytest.raises(PictureError, match="megapixels"):
        open_picture(png_header(MAX_PIXELS + 1, 1))
    with pytest.raises(PictureError, match="damaged or incomplete"):
        open_picture(png_header(MAX_PIXELS // 8000, 10))


@pytest.mark.parametrize(
    ("path", "sentence"), [("nothing.png", "no file"), (".", "not a file"), ("/dev/zero", "not a file"), ("a\0b", "file")]
)
def test_a_path_to_no_file_gets_a_sentence(path, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PictureError, match=sentence):
        open_picture(path)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(PictureError, match="not a file"):
        open_picture(tmp_path / "pipe.png")


WHOLE = encode(colours(16, 16), "PNG"), encode(colours(16, 16), "JPEG"), encode(colours(16, 16), "GIF"), encode(colours(16, 16), "TIFF")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(WHOLE), st.data())
def test_a_file_damaged_anywhere_is_read_or_turned_down(whole, data):
    """Bytes changed or cut off at random: a picture or a PictureError, never another exception."""
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    try:
        assert open_picture(damaged).image.mode == "RGB"
    except PictureError as error:
        assert str(error).startswith("The file ")

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

from explorer.data.formats import MAX_BYTES, MAX_PIXELS
from explorer.errors import BadInput
from explorer.vision.picture import PictureError, open_picture, thumbnail


def encode(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def colours(width=6, height=4):
    """An image in which every pixel differs."""
    return Image.fromarray(np.arange(width * height * 3, dtype=np.uint8).reshape(height, width, 3))


def png(width, height, pixels, depth=8, colour_type=2, chunks=()):
    """A PNG written by hand (its specification, section 11): `pixels` are the rows, each behind its filter's number."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    more = b"".join(chunk(*one) for one in chunks)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def png_header(width, height):
    """A PNG that only claims its size."""
    return png(width, height, b"")


def tiff(width, height, pixels, bits, samples):
    """An uncompressed TIFF of one strip, written by hand (TIFF 6.0, section 8)."""
    tags = {256: width, 257: height, 258: None, 259: 1, 262: 2 if samples > 2 else 1, 273: None, 277: samples, 278: height}
    tags[279] = len(pixels)
    after = 8 + 2 + 12 * len(tags) + 4
    depths = struct.pack(f"<{samples}H", *[bits] * samples)
    tags[273] = after + len(depths)
    entries = [
        struct.pack("<HHII", tag, 3, samples, after) if tag == 258 else struct.pack("<HHII", tag, 4, 1, value)
        for tag, value in tags.items()
    ]
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + b"".join(entries) + struct.pack("<I", 0) + depths + pixels


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


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "corner"), [(1, (0, 0)), (2, (1, 0)), (3, (1, 1)), (4, (0, 1)), (5, (0, 0)), (6, (1, 0)), (7, (1, 1)), (8, (0, 1))]
)
def test_a_turned_photo_is_set_upright(kind, orientation, corner):
    """`corner`: right and bottom, of the upright picture, where the file's first pixels belong (EXIF 2.3, tag 0x0112)."""
    image = Image.new("RGB", (48, 32))
    image.paste((255, 0, 0), (0, 0, 16, 16))
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(image, kind, exif=exif, **({"lossless": True} if kind == "WEBP" else {}))
    picture, small = open_picture(data), thumbnail(data, "it", 24)
    assert picture.image.size == small.size == ((32, 48) if orientation > 4 else (48, 32))
    for shown in (picture.image, small.image):
        red = np.asarray(shown)[:, :, 0] > 128
        for right in (0, 1):
            for bottom in (0, 1):
                assert red[-3 if bottom else 3, -3 if right else 3] == ((right, bottom) == corner)
    assert bool(picture.notes) == (orientation != 1)


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF", "GIF", "WEBP"])
def test_tiny_and_thin_pictures_are_whole(size, kind):
    data = encode(Image.new("RGB", size, (200, 200, 200)), kind)
    picture, small = open_picture(data), thumbnail(data, "it", 96)
    assert picture.image.size == small.size == size and (np.asarray(picture.image) == 200).all()
    assert small.image.size == tuple(max(1, min(side, 96)) for side in size)


@pytest.mark.parametrize(
    ("image", "pixel"),
    [
        (Image.new("1", (3, 2), 1), (255, 255, 255)),
        (Image.new("L", (3, 2), 77), (77, 77, 77)),
        (Image.new("LA", (3, 2), (77, 255)), (77, 77, 77)),
        (Image.new("LA", (3, 2), (77, 0)), (255, 255, 255)),
        (Image.new("RGBA", (3, 2), (10, 20, 30, 255)), (10, 20, 30)),
        (Image.new("RGBA", (3, 2), (0, 0, 0, 51)), (204, 204, 204)),
    ],
)
def test_every_kind_of_pixel_comes_out_as_rgb(image, pixel):
    picture = open_picture(encode(image, "PNG"))
    assert picture.image.mode == "RGB" and picture.image.getpixel((2, 1)) == pixel
    assert bool(picture.notes) == (pixel in ((255,) * 3, (204,) * 3) and image.mode != "1")  # not for a channel that hides nothing


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_sixteen_bits_a_channel_are_reduced_to_eight_and_that_is_said(channels):
    values = [0x0102, 0x7F80, 0xC0FF, 0xFFFF][:channels] if channels != 2 else [0x7F80, 0xFFFF]
    colour_type = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    picture = open_picture(png(1, 1, struct.pack(f">B{channels}H", 0, *values), depth=16, colour_type=colour_type))
    expected = {1: (1, 1, 1), 2: (0x7F,) * 3, 3: (0x01, 0x7F, 0xC0), 4: (0x01, 0x7F, 0xC0)}[channels]
    assert picture.image.getpixel((0, 0)) == expected
    assert picture.notes == (f"its 16-bit {'grey ' if channels == 1 else ''}values were reduced to 8 bits",)


def test_a_sixteen_bit_tiff_in_colour_is_read():
    picture = open_picture(tiff(2, 1, struct.pack("<6H", 0, 0x8000, 0xFFFF, 0x0100, 0x7FFF, 0xFF00), bits=16, samples=3))
    assert np.asarray(picture.image).tolist() == [[[0, 0x80, 0xFF], [1, 0x7F, 0xFF]]]
    assert picture.notes == ("its 16-bit values were reduced to 8 bits",) and picture.format == "TIFF"


def test_a_transparent_grey_of_sixteen_bits_is_white_and_its_neighbours_are_not():
    data = png(3, 1, struct.pack(">B3H", 0, 300, 301, 40_000), depth=16, colour_type=0, chunks=[(b"tRNS", struct.pack(">H", 300))])
    assert np.asarray(open_picture(data).image)[0, :, 0].tolist() == [255, 1, 156]


def test_cmyk_without_a_profile_is_the_product_of_what_the_inks_let_through():
    picture = open_picture(encode(Image.new("CMYK", (4, 4), (0, 51, 255, 51)), "TIFF"))
    assert picture.image.getpixel((1, 1)) == (204, 163, 0)  # 255 (1 - c)(1 - k)
    assert picture.notes == ("its CMYK colours were converted to RGB",)
    with_profile = open_picture(encode(Image.new("CMYK", (4, 4)), "JPEG", icc_profile=b"a printer's"))
    assert with_profile.notes == ("its CMYK colours were converted to RGB, without their colour profile",)


def test_a_later_frame_that_is_damaged_is_no_harm_to_the_first():
    first = encode(colours(), "GIF")
    picture = open_picture(first[:-1] + b",\x00\x00\x00\x00\x06\x00\x04\x00\x00")
    assert picture.image.size == (6, 4) and picture.notes == ("what follows its first frame is damaged and was left out",)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_thumbnail_is_the_picture_in_small_and_tells_its_size(kind):
    values = np.zeros((300, 400, 3), np.uint8)
    values[:, 200:] = 200
    data = encode(Image.fromarray(values), kind)
    small = thumbnail(data, "it", 40)
    assert small.size == (400, 300) and small.image.size == (40, 30) and small.image.mode == "RGB"
    assert small.format.upper() == kind == open_picture(data).format.upper()
    assert abs(np.asarray(small.image).astype(int)[15, [5, 35], 0] - [0, 200]).max() <= 3


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
        (b"<!DOCTYPE html><script>alert(1)</script>", "is not a picture"),
        (b"%PDF-1.7\n1 0 obj", "is not a picture"),
        (b"PK\x03\x04" + bytes(60), "is not a picture"),
        (b"\x7fELF" + bytes(60), "is not a picture"),
        (encode(Image.fromarray(np.ones((4, 4), np.float32)), "TIFF"), "32-bit grey"),
        (encode(Image.fromarray(np.ones((4, 4), np.int32)), "TIFF"), "32-bit grey"),
        (encode(Image.new("LAB", (4, 4)), "TIFF"), "colours of the kind LAB; save it as RGB"),
        (b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + encode(colours(), "GIF")[10:], "pixels"),
        (tiff(60_000, 60_000, b"", bits=8, samples=3), "too many pixels"),
        (b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, 60_000, 60_000, 1, 24, 0, 0, 0, 0, 0, 0), "too many pixels"),
        (b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<II", 10, 0) + b"\xff\xff\xff" * 2, "pixels|not a picture"),
        (png(1, 1, bytes(4), chunks=[(b"zTXt", b"note\0\0" + zlib.compress(bytes(80 * 2**20)))]), "damaged or incomplete"),
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


def test_a_large_picture_that_is_broken_keeps_no_other_waiting():
    """Large ones are decoded one at a time: the second would wait for ever if the first had not let go."""
    for _ in range(2):
        with pytest.raises(PictureError, match="damaged or incomplete"):
            open_picture(png_header(5000, 5000))


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

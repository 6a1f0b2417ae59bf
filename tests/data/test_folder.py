import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data.folder import DataError, read_pictures, scan


def make_pictures(folder: Path, names: list[str], size=(8, 8), colour=(255, 0, 0)) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, colour).save(folder / name)
    return folder


def zipped(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
    return path


@pytest.fixture
def pets(tmp_path):
    return make_pictures(tmp_path / "pets", [f"{kind}/{i:02}.png" for kind in ("dog", "cat") for i in range(20)])


def test_classes_are_the_folders_in_alphabetical_order_and_a_tenth_is_held_out(pets):
    folder = scan(pets)
    assert folder.classes == ("cat", "dog")
    assert [label for _, label in folder.val] == [0, 0, 1, 1]
    assert len(folder.train) == 36
    assert not {name for name, _ in folder.train} & {name for name, _ in folder.val}
    assert all(name.split("/")[0] == folder.classes[label] for name, label in folder.train + folder.val)


def test_a_zip_is_read_as_the_folder_it_was_made_of(pets):
    folder, archive = scan(pets), scan(zipped(pets))
    assert (archive.classes, archive.train, archive.val) == (folder.classes, folder.train, folder.val)
    name = folder.train[0][0]
    assert np.array_equal(*[next(read_pictures(f, [name], 8, 3)) for f in (folder, archive)])


@pytest.mark.parametrize("val_name", ["val", "valid", "validation", "test", "Test"])
def test_a_validation_folder_is_used_as_it_is(tmp_path, val_name):
    make_pictures(tmp_path, ["d/train/a/1.png", "d/train/b/1.png", "d/train/b/2.png", f"d/{val_name}/a/9.png"])
    folder = scan(tmp_path)
    assert [name for name, _ in folder.val] == [f"d/{val_name}/a/9.png"]
    assert len(folder.train) == 3


def test_other_files_and_hidden_ones_are_passed_over(pets):
    (pets / "cat" / "notes.txt").write_text("no picture")
    (pets / "cat" / ".hidden.png").write_bytes(b"")
    (pets / "__MACOSX" / "cat").mkdir(parents=True)
    (pets / "__MACOSX" / "cat" / "01.png").write_bytes(b"")
    assert len(scan(pets).train) == 36


def test_pictures_are_cropped_to_a_square_scaled_and_turned_grey(tmp_path):
    picture = Image.new("RGB", (30, 10), (0, 0, 0))
    picture.paste((200, 200, 200), (10, 0, 20, 10))
    for kind in "ab":
        (tmp_path / kind).mkdir()
        picture.save(tmp_path / kind / "1.png")
        picture.save(tmp_path / kind / "2.png")
    folder = scan(tmp_path)
    (pixels,) = read_pictures(folder, ["a/1.png"], 5, 1)
    assert pixels.shape == (1, 5, 5) and pixels.dtype == np.uint8
    assert abs(pixels.astype(int) - 200).max() <= 15  # the filter reaches a little beyond the square
    (pixels,) = read_pictures(folder, ["a/1.png"], 5, 3)
    assert pixels.shape == (3, 5, 5)


def test_a_broken_picture_is_named(pets):
    (pets / "cat" / "03.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    with pytest.raises(DataError, match="cat/03.png in .* cannot be read as a picture: mend it or take it out"):
        list(read_pictures(scan(pets), ["cat/02.png", "cat/03.png"], 8, 3))


def test_a_folder_without_class_folders_is_refused(tmp_path):
    make_pictures(tmp_path, ["1.png", "2.png"])
    with pytest.raises(DataError, match="holds 2 pictures in 0 class folders: put the pictures of each class in a folder"):
        scan(tmp_path)


def test_one_picture_a_class_leaves_nothing_to_validate_on(tmp_path):
    make_pictures(tmp_path, ["a/1.png", "b/1.png"])
    with pytest.raises(DataError, match="2 training and 0 validation pictures"):
        scan(tmp_path)


def test_a_file_that_is_no_zip_is_refused(tmp_path):
    path = tmp_path / "data.zip"
    path.write_text("not a zip")
    with pytest.raises(DataError, match="neither a folder nor a readable zip"):
        scan(path)


def test_a_damaged_entry_of_a_zip_is_named(pets):
    archive = zipped(pets)
    content = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as file:
        entry = file.getinfo("cat/03.png")
    middle = entry.header_offset + 30 + len("cat/03.png") + entry.compress_size // 2
    content[middle : middle + 4] = b"\0\0\0\0"
    archive.write_bytes(content)
    with pytest.raises(DataError, match="cat/03.png"):
        list(read_pictures(scan(archive), ["cat/03.png"], 8, 3))


def patched_entry(archive: Path, name: str, central: dict[int, bytes]) -> Path:
    """Overwrite fields of an entry in the zip's central directory, by their offset in its record (APPNOTE 4.3.12)."""
    content = bytearray(archive.read_bytes())
    record = content.rfind(b"PK\x01\x02", 0, content.rfind(name.encode()))
    for offset, value in central.items():
        content[record + offset : record + offset + len(value)] = value
    archive.write_bytes(content)
    return archive


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ({8: b"\x01\x00"}, "cat/03.png in .* is encrypted: make a zip without a password"),
        ({10: b"\x63\x00"}, "cat/03.png in .* cannot be read as a picture"),
        ({24: b"\xf0\xff\xff\xff"}, "cat/03.png has 4,294,967,280 bytes; a picture may have 209,715,200"),
    ],
    ids=["encrypted", "unknown compression", "absurd size"],
)
def test_an_entry_of_a_zip_that_cannot_be_unpacked_is_named(pets, field, sentence):
    archive = patched_entry(zipped(pets), "cat/03.png", field)
    with pytest.raises(DataError, match=sentence):
        list(read_pictures(scan(archive), ["cat/03.png"], 8, 3))


def test_a_format_that_is_not_a_pictures_is_refused_whatever_its_name(pets):
    Image.new("RGB", (8, 8)).save(pets / "cat" / "03.png", format="EPS")
    with pytest.raises(DataError, match="cat/03.png in .* cannot be read as a picture"):
        list(read_pictures(scan(pets), ["cat/03.png"], 8, 3))


@pytest.mark.parametrize("side", [7_100, 14_000])
def test_too_many_pixels_are_refused_by_the_header(pets, side):
    """14,000 squared is beyond what Pillow itself opens."""
    content = bytearray((pets / "cat" / "03.png").read_bytes())
    content[16:24] = side.to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    (pets / "cat" / "03.png").write_bytes(content)
    with pytest.raises(DataError, match="cat/03.png has more than 50,000,000 pixels: scale it down first"):
        list(read_pictures(scan(pets), ["cat/03.png"], 8, 3))


def test_a_zip_damaged_anywhere_gets_a_sentence(pets):
    archive = zipped(pets)
    content = archive.read_bytes()
    for at in np.linspace(0, len(content) - 1, 100).astype(int):
        archive.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
        with suppress(DataError):  # any other exception fails the test; some bytes mean nothing to a reader
            folder = scan(archive)
            list(read_pictures(folder, [name for name, _ in folder.train + folder.val], 8, 3))

import os
import stat
import zipfile

import pytest
from class_folders import make_pictures, zipped

from explorer.data import listing
from explorer.data.errors import DataError
from explorer.data.folder import scan
from explorer.data.listing import list_files


def skipped(path) -> dict[str, str]:
    return dict(list_files(path).skipped)


def add(archive, name: str, content: bytes, mode: int = 0, compress=zipfile.ZIP_STORED):
    with zipfile.ZipFile(archive, "a") as file:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        entry.compress_type = compress
        file.writestr(entry, content)


def patch(archive, name: str, central: dict[int, bytes]):
    """Overwrite fields of an entry in the zip's central directory, by their offset in its record (APPNOTE 4.3.12)."""
    content = bytearray(archive.read_bytes())
    record = content.rfind(b"PK\x01\x02", 0, content.rfind(name.encode()))
    for offset, value in central.items():
        content[record + offset : record + offset + len(value)] = value
    archive.write_bytes(content)


@pytest.mark.parametrize("name", ["../evil.png", "cat/../../evil.png", "/etc/evil.png", "C:/evil.png", "cat\\..\\evil.png"])
def test_an_entry_whose_name_leads_out_of_the_zip_is_left_out(pets, name):
    archive = zipped(pets)
    add(archive, name, (pets / "cat" / "01.png").read_bytes())
    if "\\" in name:  # zipfile writes slashes on Windows only; a reader here sees the name as it is
        assert zipfile.ZipFile(archive).namelist()[-1] == name
    assert skipped(archive) == {name: "named so as to lead out of the zip"}
    assert len(scan(archive).train) == 36


def test_a_link_in_a_zip_is_left_out(pets):
    archive = zipped(pets)
    add(archive, "cat/link.png", b"/etc/passwd", mode=stat.S_IFLNK | 0o777)
    assert skipped(archive) == {"cat/link.png": "a link"}


def test_an_encrypted_entry_is_left_out(pets):
    archive = zipped(pets)
    patch(archive, "cat/03.png", {8: b"\x01\x00"})
    assert skipped(archive) == {"cat/03.png": "encrypted (make a zip without a password)"}
    assert scan(archive).report.kept == 39


def test_a_zip_of_nothing_but_encrypted_pictures_is_refused_and_says_so(pets):
    archive = zipped(pets)
    for kind in ("cat", "dog"):
        for i in range(20):
            patch(archive, f"{kind}/{i:02}.png", {8: b"\x01\x00"})
    with pytest.raises(DataError, match="holds 0 pictures in 0 class folders.* Left out: 40 encrypted"):
        scan(archive)


def test_an_entry_that_claims_to_be_huge_is_left_out(pets, monkeypatch):
    monkeypatch.setattr(listing, "MAX_BYTES", 1000)
    archive = zipped(pets)
    add(archive, "cat/large.png", bytes(1001))
    assert skipped(archive) == {"cat/large.png": "larger than 200 MB"}


def test_an_entry_that_unpacks_to_a_thousand_times_its_size_is_left_out(pets):
    archive = zipped(pets)
    add(archive, "cat/zeros.bmp", bytes(3 * 2**20), compress=zipfile.ZIP_DEFLATED)
    assert skipped(archive) == {"cat/zeros.bmp": "unpacking to more than 200 times its size"}


def test_a_zip_bomb_is_refused(pets):
    """Many entries that all claim four gigabytes."""
    archive = zipped(pets)
    for i in range(20):
        patch(archive, f"cat/{i:02}.png", {24: b"\xf0\xff\xff\xff"})
    with pytest.raises(DataError, match="claims to unpack to 85,899,[0-9,]+, [0-9,]+ times as many: .* looks made to fill a disk"):
        list_files(archive)


def test_more_files_than_any_set_has_are_refused(pets, monkeypatch):
    monkeypatch.setattr(listing, "MAX_FILES", 39)
    for path in (pets, zipped(pets)):
        with pytest.raises(DataError, match="holds more than 39 files: take a part of it"):
            list_files(path)


def test_the_second_of_two_entries_of_one_name_counts(pets):
    archive = zipped(pets)
    with pytest.warns(UserWarning, match="Duplicate name"):
        add(archive, "cat/03.png", b"another")
    found = list_files(archive)
    assert found.skipped == [("cat/03.png", "named twice")]
    assert [file.bytes for file in found.files if file.name == "cat/03.png"] == [7]


def test_links_in_a_folder_are_followed_within_it_only(pets, tmp_path):
    outside = make_pictures(tmp_path / "elsewhere", ["fox/1.png"])
    os.symlink(outside / "fox" / "1.png", pets / "cat" / "out.png")
    os.symlink(outside / "fox", pets / "fox")
    os.symlink(pets, pets / "dog" / "loop")
    os.symlink(pets / "dog" / "01.png", pets / "cat" / "within.png")
    os.symlink(pets / "nowhere.png", pets / "cat" / "dangling.png")
    assert skipped(pets) == {
        "cat/out.png": "a link that leads out of the folder",
        "fox": "a link that leads out of the folder",
        "dog/loop": "a link to a folder",
        "cat/dangling.png": "a link to nothing",
    }
    assert "cat/within.png" in {file.name for file in list_files(pets).files}
    os.symlink(pets, tmp_path / "pets-by-another-name")
    assert list_files(tmp_path / "pets-by-another-name").files == list_files(pets).files


def test_a_pipe_is_no_picture(pets):
    os.mkfifo(pets / "cat" / "pipe.png")
    assert skipped(pets) == {"cat/pipe.png": "not a picture file"}


def test_a_name_that_is_no_text_is_left_out_and_can_be_printed(pets):
    (pets / "cat" / os.fsdecode(b"caf\xe9.png")).write_bytes(b"any")
    assert skipped(pets) == {"cat/caf?.png": "named in bytes that are no text"}
    scan(pets).report.summary().encode()


@pytest.mark.parametrize("comment", [b"", b"a comment"])
def test_a_zip_whose_list_of_files_would_fill_the_memory_is_refused_before_it_is_read(pets, monkeypatch, comment):
    archive = zipped(pets)
    with zipfile.ZipFile(archive, "a") as file:
        file.comment = comment
    size = archive.stat().st_size - file.start_dir - 22 - len(comment)  # all behind the files but the end record
    monkeypatch.setattr(listing, "MOST_DIRECTORY", size)
    monkeypatch.setattr(listing, "MOST_DIRECTORY_UPLOADED", size - 1)
    assert len(list_files(archive).files) == 40
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with archive.open("rb") as opened, pytest.raises(DataError, match="^pets.zip holds too many files: the list of their names alone"):
        listing.open_zip(opened, "pets.zip")
    monkeypatch.setattr(listing, "MOST_DIRECTORY", size - 1)
    with pytest.raises(DataError, match="holds too many files"):
        list_files(archive)

import io
import os

import pytest
from class_folders import zipped

from explorer.data import upload
from explorer.data.errors import DataError
from explorer.data.folder import scan
from explorer.data.upload import keep_upload, uploads_folder


@pytest.fixture
def content(pets) -> bytes:
    return zipped(pets).read_bytes()


def test_an_upload_is_kept_by_its_content(content):
    path = keep_upload(io.BytesIO(content), "My pets.zip")
    assert path.read_bytes() == content and path.name == "My pets.zip" and path.parent.parent == uploads_folder()
    assert scan(path).report.kept == 40
    before = path.stat().st_mtime_ns
    half_read = io.BytesIO(content)
    half_read.read(10)
    assert keep_upload(half_read, "another name.zip") == path
    assert path.stat().st_mtime_ns == before
    assert [file.name for file in uploads_folder().iterdir()] == [path.parent.name]


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd.zip"), ("C:\\pets.zip", "pets.zip"), ("..", "pictures.zip"), ("a\0b?.zip", "a-b.zip"), ("x" * 300, "x" * 60 + ".zip")],
)
def test_a_name_is_never_a_path(content, name, kept):
    path = keep_upload(io.BytesIO(content), name)
    assert path.name == kept and path.parent.parent == uploads_folder()


def test_what_is_no_set_of_pictures_is_refused_by_its_own_name_and_not_kept(pets):
    with pytest.raises(DataError, match="^pets.zip is neither a folder nor a readable zip"):
        keep_upload(io.BytesIO(b"no zip"), "pets.zip")
    for picture in (pets / "dog").iterdir():
        picture.unlink()
    with pytest.raises(DataError, match="^pets.zip holds 20 pictures in 1 class folder:"):
        keep_upload(io.BytesIO(zipped(pets).read_bytes()), "pets.zip")
    assert list(uploads_folder().iterdir()) == []


def test_more_than_there_is_room_for_is_refused(content, monkeypatch):
    monkeypatch.setattr(upload, "free_bytes", lambda folder: 1000)
    with pytest.raises(DataError, match="pets.zip has more than 0.0 GB, which is all that there is room for: put it on this machine"):
        keep_upload(io.BytesIO(content), "pets.zip")
    assert list(uploads_folder().iterdir()) == []


def test_what_a_killed_upload_left_is_swept_away(content):
    uploads_folder().mkdir(parents=True)
    old, young = uploads_folder() / "old.part", uploads_folder() / "young.part"
    for part in (old, young):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    keep_upload(io.BytesIO(content), "pets.zip")
    assert not old.exists() and young.exists()


def test_a_folder_that_cannot_be_written_gets_a_sentence(content, explorer_home):
    explorer_home.write_text("a file where the folder should be")
    with pytest.raises(DataError, match="pets.zip could not be kept in .*: "):
        keep_upload(io.BytesIO(content), "pets.zip")

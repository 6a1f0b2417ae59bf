"""Files, folders and zips as sources of pictures: names, labels, bytes, and every refusal by name."""

import io
import os
import stat
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from explorer.vision.picture import PictureError, open_picture
from explorer.vision.sources import is_zip, sources_in_zip, sources_of


def png(colour="red"):
    file = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(file, "PNG")
    return file.getvalue()


def make(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(png())
    return folder


def zipped(names, **entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, png())
        for name, content in entries.items():
            archive.writestr(name, content)
    return file


def labels(sources):
    return [(source.name.rpartition("/")[2], source.label) for source in sources]


def test_a_file_is_one_source_whatever_it_is_called(tmp_path):
    (tmp_path / "picture").write_bytes(png("blue"))
    sources, refused = sources_of([tmp_path / "picture", str(tmp_path / "picture")])
    assert [source.name for source in sources] == [str(tmp_path / "picture")] * 2 and not refused
    assert all(source.label is None and source.read() == png("blue") for source in sources)


def test_a_folder_of_class_folders_has_labels(tmp_path):
    make(tmp_path, "dog/2.png", "cat/1.png", "0.png")
    sources, refused = sources_of([tmp_path])
    assert labels(sources) == [("0.png", None), ("1.png", "cat"), ("2.png", "dog")] and not refused
    assert sources[1].name == f"{tmp_path}/cat/1.png"


def test_one_class_folder_is_no_label(tmp_path):
    assert labels(sources_of([make(tmp_path / "a", "cat/1.png", "cat/2.png")])[0]) == [("1.png", None), ("2.png", None)]


def test_training_and_validation_folders_are_parts_and_no_classes(tmp_path):
    make(tmp_path / "a", "train/cat/1.png", "train/dog/2.png", "val/cat/3.png", "val/4.png")
    assert labels(sources_of([tmp_path / "a"])[0]) == [("1.png", "cat"), ("2.png", "dog"), ("4.png", None), ("3.png", "cat")]
    make(tmp_path / "b", "train/1.png", "test/2.png")
    assert labels(sources_of([tmp_path / "b"])[0]) == [("2.png", None), ("1.png", None)]


def test_a_zip_reads_like_a_folder_also_from_memory(tmp_path):
    content = zipped(["cat/1.png", "dog/2.png"])
    path = tmp_path / "pets.zip"
    path.write_bytes(content.getvalue())
    for sources, refused in (sources_of([path]), sources_in_zip(content, "pets.zip")):
        assert labels(sources) == [("1.png", "cat"), ("2.png", "dog")] and not refused
        assert [source.read() for source in sources] == [png(), png()]
    assert sources[0].name == "pets.zip/cat/1.png"
    assert is_zip(content) and not is_zip(io.BytesIO(png())) and not is_zip(io.BytesIO())


def test_a_zip_is_read_by_several_threads_at_once():
    sources, _ = sources_in_zip(zipped([f"{i:03}.png" for i in range(200)]), "many.zip")
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda source: source.read(), sources)) == [png()] * 200


def test_what_is_no_picture_is_refused_by_name_and_the_others_go_on(tmp_path):
    make(tmp_path, "a.png", "b.png")
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "empty.png").touch()
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "link.png").symlink_to("/etc/passwd")
    sources, refused = sources_of([tmp_path])
    assert [name for name, _ in labels(sources)] == ["a.png", "b.png"]
    assert {one.name.rpartition("/")[2]: one.sentence.rpartition(": ")[2] for one in refused} == {
        "notes.txt": "not a picture file.", "empty.png": "empty.", "pipe.png": "not a picture file.",
        "link.png": "a link that leads out of the folder.",
    }  # fmt: skip
    assert all(one.sentence.startswith(one.name) for one in refused)


def test_a_path_to_nothing_a_pipe_and_an_empty_folder_are_refused_and_the_others_go_on(tmp_path):
    make(tmp_path, "a.png")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_bytes(zipped(["1.png"]).getvalue()[:60])
    wanted = [tmp_path / name for name in ("gone.png", "pipe", "empty", "broken.zip", "a.png")]
    sources, refused = sources_of([*wanted, "a\0b", "/dev/zero"])
    assert [source.name for source in sources] == [str(tmp_path / "a.png")]
    assert [one.name for one in refused] == [*map(str, wanted[:4]), "a\0b", "/dev/zero"]
    told = ("There is no file", "is not a file", "holds no picture", "neither a folder nor a readable zip", "", "not a file")
    for one, words in zip(refused, told, strict=True):
        assert words in one.sentence


def test_hostile_entries_of_a_zip_are_refused_one_by_one():
    file = zipped(["good.png"], **{"../out.png": png(), "note.html": b"<script>", "bomb.png": b"", "inner.zip": b"PK"})
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.bmp", bytes(4 * 2**20))
        link = zipfile.ZipInfo("link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    sources, refused = sources_in_zip(file, "mine.zip")
    assert [source.name for source in sources] == ["mine.zip/good.png"]
    hostile = {"../out.png", "note.html", "bomb.png", "inner.zip", "zeros.bmp", "link.png"}
    assert {one.name.removeprefix("mine.zip/") for one in refused} == hostile


def test_many_that_are_left_out_are_counted():
    file = zipped(["good.png"], **{f"{i}.txt": b"x" for i in range(250)}, **{"empty.png": b""})
    sources, refused = sources_in_zip(file, "mine.zip")
    assert len(sources) == 1 and len(refused) == 201
    assert refused[0] == ("mine.zip/empty.png", "mine.zip/empty.png was left out: empty.", 0)  # it should have been a picture
    assert refused[1] == ("mine.zip/0.txt", "mine.zip/0.txt was left out: not a picture file.", 1)
    assert refused[-1] == ("mine.zip", "51 more files of mine.zip were left out: 51 not a picture file.", 51)


def test_a_zip_that_would_fill_the_memory_is_refused_whole():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(5):
            with archive.open(f"{i}.png", "w", force_zip64=True) as entry:
                for _ in range(220):
                    entry.write(bytes(2**20))
    sources, [refused] = sources_in_zip(file, "bomb.zip")
    assert not sources and refused.name == "bomb.zip" and "looks made to fill a disk" in refused.sentence


def test_a_damaged_entry_is_refused_when_it_is_read_and_the_others_are_whole():
    file = zipped(["1.png", "2.png"])
    content = bytearray(file.getvalue())
    content[content.index(b"IDAT")] ^= 255
    sources, _ = sources_in_zip(io.BytesIO(bytes(content)), "mine.zip")
    with pytest.raises(PictureError, match=r"^mine.zip/1.png cannot be read"):
        sources[0].read()
    assert open_picture(sources[1].read()).image.size == (4, 4)


def test_a_file_that_went_away_since_it_was_listed_is_refused(tmp_path):
    sources, _ = sources_of([make(tmp_path, "a.png")])
    (tmp_path / "a.png").unlink()
    with pytest.raises(PictureError, match="There is no file"):
        sources[0].read()

import os

import pytest
from class_folders import make_pictures, zipped

from explorer.data.folder import DataError, scan


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
    assert archive.report == folder.report


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
    folder = scan(pets)
    assert len(folder.train) == 36
    assert folder.report.skipped == (("cat/notes.txt", "not a picture file"),)


def test_the_report_says_what_was_left_out_and_why_with_an_example_of_each(pets):
    (pets / "cat" / "notes.txt").write_text("no picture")
    (pets / "cat" / "more.csv").write_text("no picture")
    (pets / "dog" / "03.png").write_bytes(b"")
    (pets / "cover.png").write_bytes(b"not in a class")
    (pets / "birds").mkdir()
    report = scan(pets).report
    assert report.kept == 39
    assert report.per_class == (("cat", 18, 2), ("dog", 17, 2))
    assert report.reasons() == {"not a picture file": 2, "empty": 1, "in no class folder": 1, "a class folder without a picture": 1}
    assert report.summary() == ("39 pictures in 2 classes. Left out: 2 not a picture file (cat/more.csv); 1 empty (dog/03.png); "
                                "1 a class folder without a picture (birds); 1 in no class folder (cover.png).")


def test_the_fingerprint_changes_with_any_picture_and_not_by_itself(pets):
    before = scan(pets)
    assert scan(pets).fingerprint == before.fingerprint
    file = pets / "cat" / "03.png"
    os.utime(file, ns=(0, 1))
    touched = scan(pets).fingerprint
    file.unlink()
    assert len({before.fingerprint, touched, scan(pets).fingerprint}) == 3


def test_a_refusal_says_what_was_left_out(tmp_path):
    make_pictures(tmp_path, ["a/1.png", "a/2.png"])
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "1.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"in 1 class folder: put .* at least two of them. Left out: 1 empty, 1 a class folder without a picture.$"):
        scan(tmp_path)


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


def test_pictures_beside_the_classes_of_a_part_have_no_class(tmp_path):
    make_pictures(tmp_path, [f"d/train/{kind}/{i}.png" for kind in ("cat", "dog") for i in range(10)])
    make_pictures(tmp_path, ["d/test/1.png", "d/test/2.png", "d/train/3.png"])
    folder = scan(tmp_path)
    assert folder.classes == ("cat", "dog") and (len(folder.train), len(folder.val)) == (18, 2)
    assert folder.report.reasons() == {"in no class folder": 3}


def test_a_class_may_be_named_train(tmp_path):
    make_pictures(tmp_path, [f"{kind}/{i}.png" for kind in ("bus", "train", "test") for i in range(10)])
    assert scan(tmp_path).classes == ("bus", "test", "train")


def test_a_class_without_training_pictures_is_left_out(tmp_path):
    make_pictures(tmp_path, [f"train/{kind}/{i}.png" for kind in ("cat", "dog") for i in range(3)])
    make_pictures(tmp_path, ["val/cat/9.png", "val/fox/9.png"])
    folder = scan(tmp_path)
    assert folder.classes == ("cat", "dog") and folder.val == (("val/cat/9.png", 0),)
    assert folder.report.skipped == (("val/fox/9.png", "of a class without training pictures"),)

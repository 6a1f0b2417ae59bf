"""`explorer classify`: files, folders and zips, several models, crops, class folders, files of answers, and what is refused."""

import csv
import json
import zipfile
from functools import partial

import numpy as np
import pytest
import torch
from finished_models import finished_model
from PIL import Image

from explorer.machine.folders import ASSETS
from explorer.networks.build import build
from explorer.networks.known_data import CIFAR10_CLASSES
from explorer.networks.spec import parse_spec

SAMPLES = ASSETS / "samples"
RESIDUAL, PLAIN, DIGITS = "cifar10-residual-20", "cifar10-plain-20", "mnist-residual-20"


@pytest.fixture
def explorer(in_process):
    return partial(in_process, "classify")


def picture(path, seed=0, size=32):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (size, size, 3), np.uint8)).save(path)
    return path


def test_pictures_are_named_by_each_model(explorer):
    status, out, err = explorer(SAMPLES / "cat.jpg", SAMPLES / "ship.jpg", "--model", RESIDUAL, "--model", PLAIN, "--top", 2)
    lines = out.splitlines()
    assert status == 0 and err == ""
    assert [line.split(": ")[0] for line in lines[:4]] == [str(SAMPLES / name) for name in ("cat.jpg", "cat.jpg", "ship.jpg", "ship.jpg")]
    assert [line.rpartition("(")[2] for line in lines[:4]] == [f"{RESIDUAL})", f"{PLAIN})"] * 2
    assert ": cat " in lines[0] and ": ship " in lines[2] and lines[0].count("%") == 2
    assert lines[4].startswith("2 pictures in ")


def test_json_has_every_probability_and_the_time_by_phase(explorer):
    status, out, _ = explorer(SAMPLES / "cat.jpg", "--model", RESIDUAL, "--model", PLAIN, "--top", 10, "--json")
    told = json.loads(out)
    assert status == 0 and [row["model"] for row in told["pictures"]] == [RESIDUAL, PLAIN]
    for row in told["pictures"]:
        assert row["classes"][0]["label"] == "cat" and sum(one["probability"] for one in row["classes"]) == pytest.approx(1, abs=1e-3)
        assert {one["label"] for one in row["classes"]} == set(CIFAR10_CLASSES)
    assert told["seconds_by_phase"].keys() == {"decode", "prepare", "network"} and min(told["seconds_by_phase"].values()) > 0
    assert told["refused"] == told["judged"] == []


def test_precision_is_told_of_each_network(explorer, monkeypatch):
    from explorer.vision import quick

    monkeypatch.setattr(quick, "precision", lambda loaded: "bfloat16" if loaded.model.id == PLAIN else "float32")
    for pair in ((RESIDUAL, PLAIN), (PLAIN, RESIDUAL)):
        models = [word for name in pair for word in ("--model", name)]
        told = json.loads(explorer(SAMPLES / "cat.jpg", SAMPLES / "ship.jpg", *models, "--json")[1])
        assert told["precision"] == {RESIDUAL: "float32", PLAIN: "bfloat16"}
        said = explorer(SAMPLES / "cat.jpg", SAMPLES / "ship.jpg", *models)[1].splitlines()[-1]
        assert f"float32: {RESIDUAL}" in said and f"bfloat16: {PLAIN}" in said
    told = json.loads(explorer(SAMPLES / "cat.jpg", "--model", PLAIN, "--crops", "ten", "--json")[1])
    assert told["precision"] == {PLAIN: "float32"}
    said = explorer(SAMPLES / "cat.jpg", SAMPLES / "ship.jpg", "--model", RESIDUAL)[1].splitlines()[-1]
    assert said.endswith("added up over threads; float32)")


@pytest.mark.parametrize("crops", ["ten", "scales"])
def test_more_crops_are_averaged(explorer, tmp_path, crops):
    from explorer.vision.classify import classify
    from explorer.vision.models import open_model
    from explorer.vision.picture import open_picture

    file = picture(tmp_path / "noise.png", size=50)
    _, out, _ = explorer(file, "--model", RESIDUAL, "--crops", crops, "--json", "--top", 3)
    (row,) = json.loads(out)["pictures"]
    expected = classify(open_model(RESIDUAL), open_picture(file), 3, crops).classes
    assert [one["label"] for one in row["classes"]] == [label for label, _ in expected]
    assert [one["probability"] for one in row["classes"]] == pytest.approx([probability for _, probability in expected], rel=1e-3)


def test_class_folders_have_an_error_and_a_confusion_matrix(explorer, tmp_path):
    for name, label in (("cat", "cat"), ("ship", "ship"), ("airplane", "truck")):
        folder = tmp_path / "photos" / label
        folder.mkdir(parents=True)
        (folder / f"{name}.jpg").write_bytes((SAMPLES / f"{name}.jpg").read_bytes())
    picture(tmp_path / "photos" / "unicorn" / "one.png")
    status, out, _ = explorer(tmp_path / "photos", "--model", RESIDUAL)
    assert status == 0
    assert f"{RESIDUAL}: error 33.3% +- 27.2% (standard error), 1 of 3 pictures" in out
    assert "called like none of its classes do not count: unicorn" in out
    row = next(line for line in out.splitlines() if line.strip().startswith("truck"))
    assert row.split()[1:] == ["1", ".", ".", "."]  # answered airplane
    _, out, _ = explorer(tmp_path / "photos", "--model", RESIDUAL, "--json")
    told = json.loads(out)
    (judged,) = told["judged"]
    assert (judged["pictures"], judged["wrong"], judged["unmatched_folders"]) == (3, 1, ["unicorn"])
    assert {"class": "truck", "answer": "airplane", "pictures": 1} in judged["confusion"]
    assert sorted(row["label"] for row in told["pictures"]) == ["cat", "ship", "truck", "unicorn"]


def test_a_zip_of_class_folders_is_a_folder_of_them(explorer, tmp_path):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        for label in ("cat", "ship"):
            archive.write(SAMPLES / f"{label}.jpg", f"{label}/1.jpg")
    status, out, _ = explorer(tmp_path / "photos.zip", "--model", RESIDUAL, "--model", PLAIN)
    assert status == 0 and "photos.zip/cat/1.jpg: cat " in out
    assert f"{RESIDUAL}: error 0.0%, 0 of 2 pictures" in out and f"{PLAIN}: error 0.0%, 0 of 2 pictures" in out


def test_the_exact_test_images_have_the_error_of_the_public_weights(explorer, shared_data, tmp_path):
    with np.load(shared_data / "cifar10-subset.npz") as data:
        for number, (image, label) in enumerate(zip(data["test_images"], data["test_labels"], strict=True)):
            folder = tmp_path / "test" / CIFAR10_CLASSES[label]
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(folder / f"{number}.png")
    file = shared_data / "weights" / "resnet20-12fca82f.th"
    _, out, _ = explorer(tmp_path / "test", "--model", file, "--network", "cifar/basic-20", "--normalize", "imagenet", "--json")
    (judged,) = json.loads(out)["judged"]
    assert (judged["pictures"], judged["wrong"]) == (517, 45)
    assert sum(cell["pictures"] for cell in judged["confusion"]) == 517


def test_answers_are_written_as_csv_and_as_json(explorer, tmp_path):
    digits = finished_model()
    for kind in ("csv", "json"):
        status, out, _ = explorer(SAMPLES / "cat.jpg", "--model", RESIDUAL, "--model", digits.id, "--top", 3, "-o", tmp_path / f"a.{kind}")
        assert status == 0 and f"a.{kind}" in out
    rows = list(csv.DictReader((tmp_path / "a.csv").open()))
    told = json.loads((tmp_path / "a.json").read_text())
    assert [row["model"] for row in rows] == [RESIDUAL, digits.id] == [row["model"] for row in told["pictures"]]
    assert rows[0]["class 1"] == "cat" and rows[0]["crops"] == "single" and rows[0]["label"] == ""
    assert float(rows[0]["probability 3"]) == told["pictures"][0]["classes"][2]["probability"]


def test_what_was_done_to_a_picture_is_said_beside_its_answer(explorer, tmp_path):
    first, second = (Image.new("RGB", (32, 32), colour) for colour in ("red", "blue"))
    first.save(tmp_path / "moving.gif", save_all=True, append_images=[second])
    said = "the first of its 2 frames was taken"
    for more in ([], ["--crops", "ten"]):
        status, out, err = explorer(tmp_path / "moving.gif", SAMPLES / "cat.jpg", "--model", RESIDUAL, "--json", *more)
        assert (status, err) == (0, f"explorer: {tmp_path}/moving.gif: {said}\n")
        assert [row["notes"] for row in json.loads(out)["pictures"]] == [[said], []]


def test_statistics_that_nobody_told_are_said_and_so_is_the_network_that_fits(explorer, tmp_path):
    net = build(parse_spec("cifar/basic-8?width=4"))
    torch.save(net.state_dict(), file := tmp_path / "mine.pt")
    call = partial(explorer, SAMPLES / "cat.jpg", "--model", file, "--network")
    status, _, err = call("cifar/basic-8?width=4")
    assert status == 0 and "does not say how its pictures were normalised: cifar's statistics are taken; --normalize imagenet or" in err
    assert call("cifar/basic-8?width=4", "--normalize", "imagenet")[::2] == (0, "")
    status, out, err = call("cifar/basic-14?width=4")
    assert (status, out) == (2, "") and "the weights of another network" in err and err.endswith(" They fit cifar/basic-8?width=4.\n")


def test_what_cannot_be_read_is_named_at_the_end_and_the_others_have_their_answers(explorer, tmp_path):
    (tmp_path / "broken.png").write_bytes((SAMPLES / "digit-7.png").read_bytes()[:40])
    (tmp_path / "letter.jpg").write_text("dear all")
    files = tmp_path / "gone.png", tmp_path / "broken.png", SAMPLES / "cat.jpg", tmp_path / "letter.jpg"
    status, out, err = explorer(*files, "--model", RESIDUAL)
    assert status == 2 and "cat.jpg: cat " in out
    assert len(err.splitlines()) == 1 and all(name in err for name in ("gone.png", "broken.png", "letter.jpg"))


def test_of_many_that_cannot_be_read_some_are_named_and_json_tells_of_all(explorer, tmp_path):
    for number in range(20):
        (tmp_path / "folder").mkdir(exist_ok=True)
        (tmp_path / "folder" / f"{number:02}.png").write_text("no picture")
    picture(tmp_path / "folder" / "whole.png")
    status, out, err = explorer(tmp_path / "folder", "--model", RESIDUAL, "--json")
    assert status == 2 and err.count(" is not a picture that can be read; ") == 8 and "folder/00.png is not" in err
    assert err.endswith("12 more could not be classified; --json tells why of each.\n") and len(err.splitlines()) == 1
    assert len(json.loads(out)["refused"]) == 20 and len(json.loads(out)["pictures"]) == 1


def test_damaged_pictures_are_named_before_files_of_other_kinds_which_are_counted(explorer, tmp_path):
    folder = tmp_path / "folder"
    picture(folder / "whole.png")
    (folder / "z.png").write_bytes((folder / "whole.png").read_bytes()[:99])
    (folder / "y.png").touch()
    for number in range(230):
        (folder / f"{number}.txt").write_text("no picture")
    (folder / "more.zip").touch()
    status, _, err = explorer(folder, "--model", RESIDUAL)
    assert status == 2 and err.startswith(f"explorer: {folder}/y.png was left out: empty. {folder}/z.png is damaged or incomplete")
    assert err.endswith("). 231 other files are not pictures (.txt, …).\n")
    alone = tmp_path / "alone"
    picture(alone / "whole.png")
    (alone / "notes.txt").write_text("no picture")
    assert explorer(alone, "--model", RESIDUAL)[2] == f"explorer: {alone}/notes.txt was left out: not a picture file.\n"
    (alone / "more.zip").touch()
    assert explorer(alone, "--model", RESIDUAL)[2] == (
        "explorer: 2 other files are not pictures (.txt, .zip). Zips inside are not opened: name them themselves, or unpack them.\n"
    )


def test_without_a_model_those_that_can_be_used_are_named(explorer):
    digits = finished_model()
    status, out, err = explorer(SAMPLES / "cat.jpg")
    assert (status, out) == (2, "") and "--model says which" in err and RESIDUAL in err and PLAIN in err
    assert "your own finished runs" in err and digits.id not in err and "torchvision" not in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--model", DIGITS, "--crops", "ten"], "digits"),
        (["--model", RESIDUAL, "--crops", "all"], "--crops is single, ten, scales, not all"),
        (["--model", "no-such-model"], "no-such-model"),
        (["--model", RESIDUAL, "-o", "answers.xlsx"], ".csv or .json"),
        (["--model", RESIDUAL, "-o", "/nonexistent/a.csv"], "there is no folder"),
        (["--model", RESIDUAL, "--top", "0"], "top"),
        ([], "--model"),
    ],
)
def test_bad_input_is_one_line_and_status_2(explorer, arguments, sentence):
    status, out, err = explorer(SAMPLES / "cat.jpg", *arguments)
    assert status == 2 and out == "" and len(err.splitlines()) == 1 and sentence in err


def test_names_of_files_do_nothing_to_the_terminal(explorer, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "\x1b[31mred\x07.png").write_bytes((SAMPLES / "cat.jpg").read_bytes())
    (tmp_path / "folder" / "\x1b[2Jbroken.png").write_text("no picture")
    status, out, err = explorer(tmp_path / "folder", "--model", RESIDUAL)
    assert status == 2 and "?[31mred?.png: cat" in out and "?[2Jbroken.png" in err and "\x1b" not in out + err


def test_an_empty_folder_holds_no_picture(explorer, tmp_path):
    status, out, err = explorer(tmp_path, "--model", RESIDUAL)
    assert status == 2 and out == "" and "no picture" in err

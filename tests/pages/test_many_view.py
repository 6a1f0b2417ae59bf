"""Many pictures on the Classify page: test pictures, folders and zips, refusals, filters and hostile addresses."""

import io
import zipfile

import numpy as np
import pytest
from opened_page import components, open_page, words
from PIL import Image

from explorer.ui.classify.many import pictures
from explorer.ui.format import plain
from explorer.vision.held_out import held_out

MODEL = "mnist-residual-20"


@pytest.fixture(scope="module")
def digits():
    """Forty digits with their labels."""
    return held_out("mnist-5k", 40)


@pytest.fixture
def folder(tmp_path, digits):
    """Class folders of digits; a picture that is none, and a folder that is no digit."""
    for source in digits:
        file = tmp_path / "pictures" / source.name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(source.read())
    (tmp_path / "pictures" / "7" / "broken.png").write_bytes(b"no picture")
    (tmp_path / "pictures" / "holiday").mkdir()
    (tmp_path / "pictures" / "holiday" / "one.png").write_bytes(digits[0].read())
    return tmp_path / "pictures"


def opened(**query):
    return open_page("classify", **{"view": "many", "model": MODEL} | query)


def test_test_pictures_are_there_at_once_with_error_and_confusion_matrix():
    app = opened(count="100")
    assert not app.error and not app.warning
    (metric,) = app.metric
    wrong = int(metric.delta.split()[0])
    assert metric.delta == f"{wrong} of 100 wrong" and metric.value.startswith(f"{wrong}.0%")
    (table,) = [one.value for one in app.dataframe]
    assert len(table) == 100 and table["answer"].str.endswith(" ✗").sum() == wrong
    assert (table["class"] + " ✓" == table["answer"]).sum() == 100 - wrong
    (chart,) = [one for one in components(app, "chart") if one["filename"] == "confusion"]
    assert '"type":"heatmap"' in chart["figure"]
    assert r"100 pictures of MNIST\-5k, drawn by chance from 1,000." in words(app)
    assert "a second" in words(app)


def test_the_picture_that_the_address_names_is_seen_large():
    name = opened(count="100").dataframe[0].value["name"][3]
    app = opened(count="100", picture=name)
    assert any(button.label == "Look inside this answer" for button in app.button) and f"{plain(name)}, 32 x 32" in words(app)
    app = opened(count="100", picture="no/such.png")
    assert not any(button.label == "Look inside this answer" for button in app.button) and not app.warning


def test_two_networks_are_compared_on_the_same_pictures():
    app = opened(model=f"{MODEL},mnist-plain-20", count="100", rows="apart", top="2")
    assert [plain(name) in metric.label for name, metric in zip(["Residual-20", "Plain-20"], app.metric)] == [True, True]
    (table,) = [one.value for one in app.dataframe]
    assert (table["Residual-20: answer"] != table["Plain-20: answer"]).all()
    assert f"On {len(table)} of 100 pictures the networks' first answers differ." in words(app) and len(table) > 0
    alone = [(table[f"{name}: answer"].str.endswith("✓") & table[f"{other}: answer"].str.endswith("✗")).sum()
             for name, other in (("Residual-20", "Plain-20"), ("Plain-20", "Residual-20"))]  # fmt: skip
    assert plain("Residual-20") + f" alone gets {alone[0]} right, " + plain("Plain-20") + f" alone {alone[1]}" in words(app)


def test_class_folders_are_judged_and_what_is_no_picture_is_refused_by_name(folder):
    app = opened(pictures="folder", folder=str(folder))
    assert plain(f"41 pictures of {folder}") in words(app)
    assert app.expander[0].label.startswith("1 file was refused")
    refused, table = (one.value for one in app.dataframe)
    assert refused["file"].tolist() == ["7/broken.png"] and "7/broken.png" in refused["why"][0]
    assert app.metric[0].delta.endswith("of 40 wrong")
    assert "has no class of the name of: holiday" in words(app)
    (unknown,) = table[table["name"].str.startswith("holiday/")]["answer"]
    assert unknown[-1] not in "✓✗"


def test_a_zip_is_read_where_it_is(folder, tmp_path):
    archive = tmp_path / "pictures.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for file in sorted(folder.rglob("*.png")):
            zipped.write(file, file.relative_to(folder))
    app = opened(pictures="folder", folder=str(archive), rows="wrong")
    assert app.metric[0].delta.endswith("of 40 wrong")


def test_an_uploaded_zip_too(digits):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as zipped:
        for source in digits:
            zipped.writestr(source.name, source.read())
    app = opened(pictures="folder")
    assert "Give a path or a zip file" in words(app)
    (uploader,) = [one for one in app.file_uploader if one.label == "Or upload a zip"]
    uploader.set_value(("mine.zip", content.getvalue(), "application/zip"))
    app.run()
    assert not app.exception and plain("40 pictures of mine.zip") in words(app) and app.metric[0].delta.endswith("of 40 wrong")


def test_without_class_folders_there_are_answers_and_no_judgement(tmp_path, digits):
    (tmp_path / "some").mkdir()
    for number, source in enumerate(digits[:3]):
        (tmp_path / "some" / f"{number}.png").write_bytes(source.read())
    app = opened(pictures="folder", folder=str(tmp_path / "some"))
    assert not app.metric and "What they show is not known" in words(app)
    assert "Only mistakes" not in "".join(next(one for one in app.selectbox if one.label == "Pictures shown").options)
    assert app.dataframe[0].value["answer"].tolist() == [source.label for source in digits[:3]]


@pytest.mark.parametrize("path", ["/no/such/place", "x\0y", "/dev/null", "**bold**"])
def test_a_path_to_nothing_gets_a_sentence(path):
    app = opened(pictures="folder", folder=path)
    assert len(app.error) == 1 and not app.dataframe and "Traceback" not in words(app)


def test_an_empty_folder_gets_a_sentence(tmp_path):
    app = opened(pictures="folder", folder=str(tmp_path))
    assert "holds no picture" in app.error[0].value or "There is no picture" in app.error[0].value


def test_only_broken_pictures_are_all_refused(tmp_path):
    (tmp_path / "a.png").write_bytes(b"x")
    app = opened(pictures="folder", folder=str(tmp_path))
    assert app.expander[0].label.startswith("1 file was refused") and not app.metric and len(app.dataframe) == 1


def test_without_uploads_it_is_said_where_they_go_in():
    app = opened(pictures="uploads", source="upload")
    assert "Upload some pictures: several at once" in words(app) and [one.label for one in app.file_uploader] == ["Your pictures"]


def test_where_the_networks_data_are_not_here_samples_of_their_classes_are_answered_at_once():
    app = opened(model="cifar10-residual-20,cifar10-plain-20")
    (table,) = [one.value for one in app.dataframe]
    assert table["class"].tolist() == ["airplane", "automobile", "bird", "cat", "deer", "frog", "horse", "ship", "truck"]
    assert all(metric.delta.endswith("of 9 wrong") for metric in app.metric) and not app.info
    assert "9 pictures of the shipped samples" in words(app) and pictures.PICKED in words(app) and "Until then" not in words(app)
    app = opened(model="cifar10-residual-20", pictures="test")
    assert any(button.label == "Download CIFAR-10" for button in app.button) and not app.dataframe


def test_test_pictures_of_a_folder_that_changes_are_answered_anew(tmp_path, digits, monkeypatch):
    for source in digits:
        file = tmp_path / "own" / source.name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(source.read())
    monkeypatch.setattr(pictures, "dataset_of", lambda model: str(tmp_path / "own"))
    first = opened()
    for file in (tmp_path / "own").rglob("*.png"):
        Image.new("L", (28, 28)).save(file)
    second = opened()
    answers = [app.dataframe[0].value["answer"].str.removesuffix(" ✓").str.removesuffix(" ✗") for app in (first, second)]
    assert len(answers[0]) == len(answers[1]) > 1
    assert answers[0].nunique() > 1 == answers[1].nunique()


def test_of_digits_there_are_samples_too():
    app = opened(pictures="samples")
    assert app.metric[0].delta.endswith("of 10 wrong") and len(app.dataframe[0].value) == 10


def test_the_pages_uploads_are_answered_with_the_class_folders_of_their_zip(digits):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as zipped:
        for source in digits[::4]:
            zipped.writestr(source.name, source.read())
        zipped.writestr("5/torn.png", b"no picture")
    app = opened(source="upload", pictures="uploads")
    (uploader,) = [one for one in app.file_uploader if one.label == "Your pictures"]
    uploader.set_value([("mine.zip", content.getvalue(), "application/zip"), ("alone.png", digits[0].read(), "image/png")])
    app.run()
    assert not app.exception and "11 pictures of your uploads" in words(app)
    assert app.metric[0].delta.endswith("of 10 wrong")
    assert app.dataframe[0].value["name"].str.endswith("alone.png").sum() == 1
    del app.query_params["pictures"]  # once there are some, they are what is looked at first
    app.run()
    assert "11 pictures of your uploads" in words(app)


def test_hostile_addresses_are_answered_in_words():
    app = opened(pictures="<b>", count="77", rows="\u202e", top="9", data="cifar1000")
    assert len(app.warning) == 5 and app.metric


def test_digits_are_no_classes_of_a_network_that_knows_none():
    app = opened(model=f"{MODEL},cifar10-residual-20", count="100")
    (metric,) = app.metric
    assert "MNIST" in metric.label and "has no class of the name of: 0, 1, 2" in words(app) and "takes horse for" not in words(app)


def test_a_folder_can_be_read_again_from_the_first_look_on(folder):
    app = opened(pictures="folder", folder=str(folder))
    again = next(button for button in app.button if button.label == "Read again")
    (folder / "7" / "broken.png").unlink()  # a change of a folder inside leaves the mark of the one that was named
    again.click().run()
    assert not app.exception and not app.expander and plain(f"41 pictures of {folder}") in words(app)


def test_a_changed_picture_is_answered_anew(tmp_path, digits):
    place = tmp_path / "some"
    place.mkdir()
    (place / "a.png").write_bytes(digits[0].read())
    first = opened(pictures="folder", folder=str(place)).dataframe[0].value["answer"].tolist()
    other = next(source for source in digits if source.label != digits[0].label)
    (place / "a.png").write_bytes(other.read())
    second = opened(pictures="folder", folder=str(place)).dataframe[0].value["answer"].tolist()
    assert (first, second) == ([digits[0].label], [other.label])


def test_names_of_files_and_folders_are_no_markdown(tmp_path):
    for name in ("# one", "[two](http://x)"):
        (tmp_path / "set" / name.replace("/", "_")).mkdir(parents=True)
        Image.fromarray(np.zeros((28, 28), np.uint8)).save(tmp_path / "set" / name.replace("/", "_") / "a.png")
    told = words(opened(pictures="folder", folder=str(tmp_path / "set")))
    assert r"\# one" in told and r"\[two\]" in told

"""Pictures in, on the Classify page: several uploads of which some are refused, zips, the address, and what outlives a change."""

import io
import json
import zipfile

import pytest
from opened_page import components, open_page, words
from PIL import Image
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from explorer.ui.classify import pictures, uploads
from explorer.ui.format import plain

MODEL = "mnist-residual-20"


def png(colour="red", size=(40, 30), mode="RGB"):
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, "PNG")
    return file.getvalue()


def zipped(**entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def opened(**query):
    return open_page("classify", **{"model": MODEL, "source": "upload"} | query)


def put(app, *files):
    app.file_uploader[0].set_value([(name, content, "image/png") for name, content in files])
    app.run()
    assert not app.exception
    return app


def names(app):
    [grid] = components(app, "tiles")[:1]
    return [tile["title"] for tile in json.loads(grid["content"])]


def test_of_several_files_the_broken_ones_are_refused_by_name_and_the_others_are_kept():
    app = put(opened(), ("broken.png", png()[:50]), ("a.png", png()), ("text.png", b"hello"), ("b.png", png("blue")), ("empty.png", b""))
    said = [error.value for error in app.error]
    for name, reason in (("broken.png", "damaged or incomplete"), ("text.png", "not a picture"), ("empty.png", "is empty")):
        assert any(plain(name) in one and plain(reason) in one for one in said), said
    assert len(said) == 3 and names(app) == ["a.png", "b.png"]
    assert f"{plain('a.png')}, 40 x 30 pixels, PNG, " in words(app)
    app.button(key="refused seen").click().run()
    assert not app.error and names(app) == ["a.png", "b.png"]


def test_the_uploads_outlive_another_view_model_and_source():
    app = put(opened(), ("a.png", png()), ("b.png", png("blue")))
    app.query_params["model"] = "cifar10-residual-20"
    app.query_params["source"] = "sample"
    app.run()
    assert not components(app, "tiles") or plain("a.png") not in words(app)
    app.query_params["source"] = "upload"
    app.run()
    assert names(app) == ["a.png", "b.png"] and f"{plain('a.png')}, 40 x 30" in words(app)


def test_removing_shows_the_next_one_and_at_last_a_sample():
    app = put(opened(), ("a.png", png()), ("b.png", png("blue", (20, 20))))
    app.button(key="remove upload").click().run()
    assert f"{plain('b.png')}, 20 x 20" in words(app)
    app.button(key="remove upload").click().run()
    assert "Until then, the sample: 0." in words(app) and not app.exception


def test_another_batch_is_added_and_its_first_picture_is_shown():
    app = put(put(opened(), ("a.png", png())), ("a.png", png("blue", (20, 20))), ("c.png", png()))
    assert names(app) == ["a.png", "a.png (2)", "c.png"]
    assert f"{plain('a.png (2)')}, 20 x 20" in words(app)


def test_a_zip_is_looked_into():
    app = put(opened(), ("pets.zip", zipped(**{"cat/1.png": png(), "dog/2.png": png(), "notes.txt": b"hello"})))
    assert names(app) == ["pets.zip/cat/1.png", "pets.zip/dog/2.png"]
    [error] = app.error
    assert plain("pets.zip/notes.txt was left out: not a picture file.") in error.value


def test_many_refusals_are_all_there_but_few_at_a_glance():
    app = put(opened(), *((f"{i}.png", b"text") for i in range(9)))
    assert len(app.error) == 5 and app.expander[0].label == "4 more that cannot be used"
    assert all(plain(f"{i}.png is not a picture") in "\n".join([words(app), *(e.value for e in app.error)]) for i in range(9))


def test_of_a_flood_of_refusals_the_number_is_told(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_LISTED", 3)
    app = put(opened(), ("many.zip", zipped(**{f"{i:02}.txt": b"text" for i in range(12)})))
    assert app.expander[0].label == "7 more that cannot be used" and "- and 4 others" in words(app)


def test_more_than_there_is_place_for_is_refused_and_said(monkeypatch):
    monkeypatch.setattr(uploads, "MOST", 2)
    app = put(opened(), ("a.png", png()), ("many.zip", zipped(**{f"{i}.png": png() for i in range(4)})), ("z.png", png()))
    assert names(app) == ["a.png", "many.zip/0.png"]
    assert plain("3 pictures of many.zip found no place: 2 pictures are kept at a time. Remove some first.") in app.error[0].value
    assert plain("z.png found no place") in app.error[1].value


def test_what_is_kept_of_a_large_zip_is_spread_over_its_class_folders(monkeypatch):
    monkeypatch.setattr(uploads, "MOST", 3)
    app = put(opened(), ("many.zip", zipped(**{f"{label}/{i}.png": png() for label in "abc" for i in range(4)})))
    assert names(app) == ["many.zip/a/0.png", "many.zip/b/0.png", "many.zip/c/0.png"]
    assert plain("9 pictures of many.zip found no place") in app.error[0].value and "spread evenly over it" in app.error[0].value


def test_more_bytes_than_are_kept_are_refused(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", len(png()) + 10)
    app = put(opened(), ("a.png", png()), ("b.png", png()))
    assert plain("b.png found no place") in app.error[0].value and f"{plain('a.png')}, 40 x 30" in words(app)


def test_a_name_is_no_markdown():
    name = "![x](http:__nowhere) *a* $b$ `c`.png"
    app = put(opened(), (name, png()), ("![y](z).png", b""))
    assert f"{plain(name)}, 40 x 30" in words(app) and name not in words(app)
    assert plain("![y](z).png is empty") in app.error[0].value


def test_what_was_done_to_the_picture_is_said():
    app = put(opened(), ("a.png", png((0, 0, 0, 0), mode="RGBA")))
    assert "its transparent parts were laid on white" in words(app)


@pytest.mark.parametrize("source", ["camera", "draw", "upload"])
def test_a_source_without_a_picture_yet_shows_the_sample_meanwhile(source):
    app = opened(source=source, sample="digit-7")
    assert "Until then, the sample: 7." in words(app) and not app.error
    assert "Asked of the sample 7, until you " in words(app)


def test_who_draws_for_networks_of_photographs_is_offered_one_of_each_family_that_knows_digits():
    app = open_page("classify", model="cifar10-residual-20", source="draw")
    offered = [button.label for button in app.button if button.key.startswith("digits by ")]
    assert offered == [plain(f"{name} on MNIST-5k, shipped") for name in ("Residual-20", "Highway-20", "Plain-20")]


def test_an_address_that_names_nothing_says_so():
    app = opened(source="scanner", sample="nothing")
    picture, sample = app.warning
    assert plain("there is no scanner") in picture.value and plain("There is no sample nothing") in sample.value
    app = opened(source="sample", sample="airplane")  # a sample of other models: theirs is shown, silently
    assert not app.warning


def test_a_click_while_many_are_being_read_loses_none_and_takes_none_twice():
    """Streamlit ends a run where it reports its progress; the next run is given the same files."""
    files = [UploadedFile(UploadedFileRec(str(i), f"{i}.png", "image/png", png() if i != 1 else b"text"), None) for i in range(4)]
    kept = uploads.Uploads()

    def interrupt(done, name):
        if name == "2.png":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        uploads.take(kept, files, interrupt)
    assert list(kept.by_name) == ["0.png"] and not kept.taken - {"0", "1"}
    uploads.take(kept, files, lambda done, name: None)
    assert list(kept.by_name) == ["0.png", "2.png", "3.png"] and [one.name for one in kept.refused] == ["1.png"]
    assert kept.chosen == "0.png"
    uploads.take(kept, [UploadedFile(UploadedFileRec("9", "9.png", "image/png", png()), None)], lambda done, name: None)
    assert kept.chosen == "9.png" and not kept.refused


def test_uploads_are_sources_for_who_looks_at_many_and_one_of_them_is_chosen_by_name():
    app = put(opened(), ("pets.zip", zipped(**{"cat/1.png": png(), "dog/2.png": png("blue")})))
    kept = app.session_state["pictures brought in"]
    assert [(one.name, one.label) for one in kept.by_name.values()] == [("pets.zip/cat/1.png", "cat"), ("pets.zip/dog/2.png", "dog")]
    kept.chosen = "pets.zip/dog/2.png"
    app.run()
    assert f"{plain('pets.zip/dog/2.png')}, 40 x 30" in words(app)

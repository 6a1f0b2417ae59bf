import numpy as np
import pytest
from class_folders import make_noise, zipped

from explorer.data import decode
from explorer.data.errors import DataError
from explorer.data.look import look
from explorer.data.open import open_batches


@pytest.fixture
def noise(tmp_path):
    return make_noise(tmp_path / "noise", [f"{k}/{i:03}.png" for k in "ab" for i in range(100)], size=(90, 80))


def test_named_data_show_the_first_pictures_of_the_run():
    found = look("mnist-5k", size=32, channels=1, augment="crop", seed=3, count=12)
    images, labels = open_batches("mnist-5k", size=32, channels=1, batch=12, augment="crop", seed=3).at(0)
    assert found.images.shape == (12, 32, 32, 1) and found.images.dtype == np.uint8
    assert np.array_equal(found.images, images.permute(0, 2, 3, 1).numpy())
    assert found.labels == tuple(str(label) for label in labels.tolist())
    assert (found.train_counts, found.val_counts) == ((400,) * 10, (100,) * 10)


@pytest.mark.parametrize("size", [32, 70])
@pytest.mark.parametrize("augment", ["none", "crop-flip", "imagenet"])
def test_of_class_folders_only_what_is_shown_is_decoded(noise, monkeypatch, size, augment):
    opened = []
    original = decode.Image.open
    monkeypatch.setattr(decode.Image, "open", lambda *args, **kwargs: opened.append(1) or original(*args, **kwargs))
    found = look(str(zipped(noise)), size=size, channels=3, augment=augment, seed=3, count=12)
    assert found.images.shape == (12, size, size, 3) and len(opened) == 12
    assert found.classes == ("a", "b") and set(found.labels) <= {"a", "b"}
    assert (found.train_counts, found.val_counts) == ((90, 90), (10, 10))
    assert found.report.kept == 200
    again = look(str(zipped(noise)), size=size, channels=3, augment=augment, seed=3, count=12)
    assert np.array_equal(found.images, again.images) and found.labels == again.labels
    other = look(str(noise), size=size, channels=3, augment=augment, seed=4, count=12)
    assert not np.array_equal(found.images, other.images)


def test_fewer_pictures_than_asked_for_are_all_shown_and_broken_ones_not(tmp_path):
    path = make_noise(tmp_path / "noise", [f"{k}/{i}.png" for k in "ab" for i in range(5)])
    (path / "a" / "0.png").write_bytes(b"broken")
    found = look(str(path), size=8, channels=3, augment="none", seed=0)
    assert len(found.images) == len(found.labels) in (7, 8)
    for picture in path.glob("*/*.png"):
        picture.write_bytes(b"broken")
    with pytest.raises(DataError, match="None of the 8 pictures to be shown of .* can be read"):
        look(str(path), size=8, channels=3, augment="none", seed=0)

"""Many pictures through networks: the same answers as one by one, in order, broken ones refused, memory bounded, nothing left running."""

import io
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.data.order import drawn
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.vision.classify import classify, ranked
from explorer.vision.confusion import Seen, judge
from explorer.vision.held_out import held_out
from explorer.vision.many import SMALL_BATCH, THREADS, THUMBNAIL, Phases, answers, likeliest
from explorer.vision.model import ModelError
from explorer.vision.models import open_model
from explorer.vision.picture import PictureError, open_picture
from explorer.vision.quick import Bfloat16, precision, quick
from explorer.vision.sources import Source, sources_of

NEAR = 1e-4  # float32, summed in another order


@pytest.fixture(scope="module")
def digits():
    return open_model("mnist-residual-20")


def png(seed: int, size=(28, 28)) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (*size, 3), np.uint8)).save(file, "PNG")
    return file.getvalue()


def made(count: int) -> list[Source]:
    return [Source(f"{place}.png", None, lambda place=place: png(place)) for place in range(count)]


def all_of(models, sources, top=5):
    batches = list(answers(models, sources, top))
    return [row for batch in batches for row in batch.rows], [one for batch in batches for one in batch.refused]


def test_every_picture_gets_the_answer_that_it_gets_alone(digits):
    sources = held_out("mnist-5k", 40)
    rows, refused = all_of([digits], sources)
    assert not refused and [(row.name, row.label) for row in rows] == [(source.name, source.label) for source in sources]
    for source, row in zip(sources, rows, strict=True):
        alone = dict(classify(digits, open_picture(source.read()), top=10).classes)
        answer = row.answers[0]
        assert answer.probabilities == tuple(sorted(answer.probabilities, reverse=True)) and len(answer.classes) == 5
        assert [alone[digits.classes[place]] for place in answer.classes] == pytest.approx(answer.probabilities, abs=NEAR)


def test_two_networks_answer_side_by_side_as_each_alone(digits):
    other, sources = open_model("mnist-plain-20"), held_out("mnist-5k", 30)
    both, _ = all_of([digits, other], sources)
    for place, model in enumerate([digits, other]):
        alone, _ = all_of([model], sources)
        assert [row.answers[place] for row in both] == [row.answers[0] for row in alone]


def test_networks_of_different_input_each_get_their_own(digits):
    cifar = open_model("cifar10-residual-20")
    (row,), _ = all_of([digits, cifar], [Source("7", None, lambda: png(7))])
    for answer, model in zip(row.answers, [digits, cifar], strict=True):
        assert model.classes[answer.classes[0]] == classify(model, open_picture(png(7))).classes[0][0]


def test_broken_ones_are_refused_by_name_and_the_others_go_on(digits):
    def gone():
        raise PictureError("gone.png cannot be read.")

    sources = made(3)
    sources[1:1] = [Source("text.png", None, lambda: b"no picture"), Source("gone.png", None, gone), Source("empty.png", None, lambda: b"")]
    rows, refused = all_of([digits], sources)
    assert [row.name for row in rows] == ["0.png", "1.png", "2.png"]
    assert [one.name for one in refused] == ["text.png", "gone.png", "empty.png"]
    assert all(one.name in one.sentence for one in refused)


def test_only_broken_ones_are_no_answer_and_no_error(digits):
    assert all_of([digits], [Source("a", None, lambda: b"x")] * 3)[0] == []
    assert all_of([digits], []) == ([], [])


def test_pictures_are_read_only_as_they_are_needed(digits):
    read, lock = [], threading.Lock()

    def count(place):
        with lock:
            read.append(place)
        return png(place)

    sources = (Source(f"{place}", None, lambda place=place: count(place)) for place in range(100 * SMALL_BATCH))
    passing = answers([digits], sources)
    first = next(passing)
    assert [row.name for row in first.rows] == [str(place) for place in range(SMALL_BATCH)]
    passing.close()
    assert len(read) <= (THREADS + 2) * SMALL_BATCH
    seen = len(read)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("pictures")] and len(read) == seen


def test_a_damaged_network_is_said_by_its_name(digits):
    class Broken(torch.nn.Module):
        def forward(self, inputs):
            return torch.full((len(inputs), 10), float("nan"))

    with pytest.raises(ModelError, match="no finite numbers"):
        all_of([replace(digits, net=Broken())], made(2))


def test_the_time_of_each_phase_is_told(digits):
    whole = sum((batch.phases for batch in answers([digits], made(5))), Phases())
    assert min(whole.decode, whole.prepare, whole.network) > 0


def test_thumbnails_are_small_and_keep_small_pictures_as_they_are(digits):
    large, small = all_of([digits], [Source("large", None, lambda: png(0, (200, 400))), Source("small", None, lambda: png(1))])[0]
    assert large.size == (400, 200) and Image.open(io.BytesIO(large.thumbnail)).size == (THUMBNAIL, THUMBNAIL // 2)
    assert small.size == (28, 28)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(small.thumbnail))), np.asarray(Image.open(io.BytesIO(png(1)))))


def test_the_quick_network_leaves_the_shared_one_as_it_is(digits):
    before = {name: (tensor.dtype, tensor.stride(), tensor.data_ptr()) for name, tensor in digits.net.state_dict().items()}
    inputs = torch.rand(2, digits.preparation.channels, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        whole, half = (net(inputs).float().softmax(1) for net in (digits.net, Bfloat16(digits.net)))
    assert not torch.equal(half, whole)
    torch.testing.assert_close(half, whole, atol=0.05, rtol=0)
    assert before == {name: (tensor.dtype, tensor.stride(), tensor.data_ptr()) for name, tensor in digits.net.state_dict().items()}


@pytest.mark.parametrize(("fast", "network", "chosen"), [
    (True, "imagenet/basic-18?input=64", "bfloat16"),
    (True, "cifar/basic-110", "float32"),
    (False, "imagenet/basic-18?input=64", "float32"),
])  # fmt: skip
def test_only_heavy_networks_are_rounded_where_that_is_fast(digits, monkeypatch, fast, network, chosen):
    monkeypatch.setattr("explorer.vision.quick.supports_bf16", lambda device: fast)
    model = replace(digits, net=build(parse_spec(network)))
    assert precision(model) == chosen
    assert quick(model).net.net is model.net if chosen == "bfloat16" else quick(model) is model


def test_held_out_pictures_are_those_of_the_validation_part_and_always_the_same():
    sources = held_out("mnist-5k", 20)
    assert len({source.name for source in sources}) == 20 and {source.label for source in sources} <= set("0123456789")
    assert [source.read() for source in held_out("mnist-5k", 20)] == [source.read() for source in sources]
    assert drawn(1000, 100).tolist() == sorted(set(drawn(1000, 100).tolist())) and len(drawn(50, 100)) == 50
    assert open_picture(sources[0].read()).image.size == (32, 32)


def test_shipped_digits_are_named_with_the_error_of_their_card(digits):
    rows, _ = all_of([digits], held_out("mnist-5k", 1000))
    found = judge([Seen(row.label, row.answers[0].classes) for row in rows], digits.classes)
    assert found.pictures == 1000 and found.error == pytest.approx(float(digits.model.metadata["val_error"]), abs=0.001)


def test_class_folders_of_real_pictures(shared_data, tmp_path):
    archive = shared_data / "cifar10-train-jpeg.zip"
    sources, refused = sources_of([archive])
    model = open_model(str(shared_data / "weights" / "resnet20-12fca82f.th"), network="cifar/basic-20", normalize="imagenet")
    rows, broken = all_of([model], sources[::500])
    assert len(rows) == 100 and not broken
    found = judge([Seen(row.label, row.answers[0].classes) for row in rows], model.classes)
    assert found.pictures == 100 and not found.unmatched
    assert found.error < 0.3  # trained on them, but not on their JPEGs


def test_of_equal_probabilities_the_first_class_comes_first_alone_and_among_many():
    shares = np.full(1000, 0.001, np.float32)
    shares[[500, 400, 300]] = 0.002
    assert likeliest(shares, 5).classes == (300, 400, 500, 0, 1) == tuple(ranked(shares)[:5])
    model = open_model("mnist-residual-20")
    same = replace(model, net=torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(1024, 10)).requires_grad_(False))
    torch.nn.init.zeros_(same.net[1].weight), torch.nn.init.zeros_(same.net[1].bias)
    rows, _ = all_of([same], made(3), top=3)
    assert [row.answers[0].classes for row in rows] == [(0, 1, 2)] * 3

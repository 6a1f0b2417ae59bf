"""What is said of answers: agreement, what the crops say each by itself, and whose the crops are."""

from types import SimpleNamespace

import numpy as np
import pytest

from explorer.ui.classify.answer.measured import Verdict, labels
from explorer.ui.classify.answer.words import agreement, apart, by_crop, crops_told, known
from explorer.vision.classify import Answer, Classification, likeliest
from explorer.vision.prepare import Preparation

ANIMALS = ("cat", "dog", "frog")
CIFAR = Preparation(32, 32, 3, (0.0,) * 3, (1.0,) * 3)
IMAGENET = Preparation(224, 256, 3, (0.0,) * 3, (1.0,) * 3)


def verdict(label, *crops, kind="single", classes=ANIMALS, preparation=CIFAR):
    """A network's answer, of which only these probabilities of each crop are known."""
    found = [np.array(one, np.float32) for one in crops]
    mean = np.mean(found, axis=0)
    model = SimpleNamespace(classes=classes, preparation=preparation)
    answers = tuple(Answer(None, one) for one in found)
    return Verdict(label, model, Classification("id", label, likeliest(classes, mean, 3), mean, answers, 0.1, 0.2), kind)


def test_one_network_has_nobody_to_agree_with():
    assert agreement([verdict("A", [0.9, 0.1, 0.0])]) == ""


def test_networks_that_agree_are_told_by_how_sure_they_are():
    two = [verdict("A", [0.9, 0.1, 0.0]), verdict("B", [0.5, 0.3, 0.2])]
    assert agreement(two) == "A and B agree on **cat**: 90.0% and 50.0%."
    assert agreement([*two, verdict("C", [0.6, 0.4, 0.0])]) == "A, B and C agree on **cat**: 90.0%, 50.0% and 60.0%."


def test_networks_that_disagree_are_told_by_what_they_say():
    found = agreement([verdict("A", [0.9, 0.1, 0.0]), verdict("B", [0.2, 0.6, 0.2]), verdict("C", [0.8, 0.1, 0.1])])
    assert found == "They disagree: A and C say **cat** (90.0% and 80.0%); B says **dog** (60.0%)."


def test_classes_and_labels_are_no_markdown():
    found = agreement([verdict("*A*", [1.0], classes=("<b>",)), verdict("B", [0.5], classes=("<b>",))])
    assert "\\*A\\*" in found and "\\<b\\>" in found


def test_networks_of_other_classes_are_told_apart():
    group = [verdict("A", [0.9, 0.1, 0.0]), verdict("B", [0.9, 0.1, 0.0])]
    other = [verdict("C", [0.25] * 4, classes=("0", "1", "2", "3"))]
    assert apart([group]) == ""
    assert apart([group, other]).endswith("A and B know cat, dog, frog; C knows 0, 1, 2 … (4 classes).")


@pytest.mark.parametrize(
    ("kind", "crops", "said"),
    [
        ("single", [[0.9, 0.1, 0.0]], ""),
        ("ten", [[0.9, 0.1, 0.0], [0.6, 0.4, 0.0]],
         "A: all of its 2 crops by themselves say **cat**; its probability lies between 60.0% and 90.0%."),
        ("scales", [[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.1, 0.2, 0.7], [0.9, 0.1, 0.0]],
         "A: 2 of its 4 sizes by themselves say **cat** (1 dog, 1 frog); its probability lies between 10.0% and 90.0%."),
        ("ten", [[0.4, 0.6, 0.0], [0.4, 0.0, 0.6]],
         "A: none of its 2 crops by themselves say **cat** (1 dog, 1 frog); its probability lies between 40.0% and 40.0%."),
    ],
)  # fmt: skip
def test_what_the_crops_say_by_themselves(kind, crops, said):
    assert by_crop(verdict("A", *crops, kind=kind)) == said


def test_it_is_said_whose_the_crops_are():
    ours = crops_told(verdict("A", [1.0, 0, 0], kind="ten"))
    assert "black border of 4 pixels" in ours and "These ten are ours" in ours
    assert "table 3" in crops_told(verdict("A", [1.0, 0, 0], kind="ten", preparation=IMAGENET))
    scales = crops_told(verdict("A", [1.0, 0, 0], kind="scales", preparation=IMAGENET))
    assert "224, 256, 384, 480, 640" in scales and "table 4" in scales and "ours" not in scales
    assert "measured here" in crops_told(verdict("A", [1.0, 0, 0], kind="scales"))


def test_what_a_network_knows_is_said():
    assert known(ANIMALS) == "It knows nothing but cat, dog, frog."
    assert known(tuple(map(str, range(1000)))) == "It knows 1,000 classes and nothing else."


def test_labels_are_as_short_as_they_can_be_and_differ():
    def model(short, title):
        return SimpleNamespace(model=SimpleNamespace(id=title, spec=SimpleNamespace(title=short), title=title))

    digits, colours = model("Residual-20", "Residual-20 on MNIST-5k, shipped"), model("Residual-20", "Residual-20 on CIFAR-10, shipped")
    run, plain = model("Residual-20", "Residual-20 on CIFAR-10, run 2"), model("Plain-20", "Plain-20 on CIFAR-10, shipped")
    assert labels([digits, plain]) == ["Residual-20", "Plain-20"]
    assert labels([digits, colours]) == ["Residual-20 on MNIST-5k", "Residual-20 on CIFAR-10"]
    fetched = model("Residual-20", "Residual-20 on CIFAR-10, akamaster · 1 MB to download")
    assert labels([colours, fetched])[1] == "Residual-20 on CIFAR-10, akamaster"
    found = labels([digits, colours, run])
    assert found == ["Residual-20 on MNIST-5k", "Residual-20 on CIFAR-10, shipped", "Residual-20 on CIFAR-10, run 2"]

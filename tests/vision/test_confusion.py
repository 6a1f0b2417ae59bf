"""Error, standard error and confusion matrix of answers to pictures of known class; folders' names held against class names."""

import math

import pytest

from explorer.networks.known_data import CIFAR10_CLASSES, IMAGENETTE_CLASSES
from explorer.vision.confusion import Difference, Seen, compare, judge, meanings, rightness, shared_meanings

ANIMALS = ("cat", "dog", "sea lion")


def test_the_error_and_its_standard_error():
    seen = [Seen("cat", (0, 1)), Seen("cat", (1, 0)), Seen("dog", (1, 2)), Seen("Sea_Lion", (2, 0))]
    found = judge(seen, ANIMALS)
    assert (found.pictures, found.wrong, found.error) == (4, 1, 0.25)
    assert found.standard_error == pytest.approx(math.sqrt(0.25 * 0.75 / 4))
    assert found.cells == {(0, 0): 1, (0, 1): 1, (1, 1): 1, (2, 2): 1}
    assert found.confusions == [(0, 1, 1)]
    assert found.unmatched == () and found.wrong_of_five is None


@pytest.mark.parametrize("answer", [0, 1])
def test_an_error_of_nought_or_one_has_no_standard_error(answer):
    found = judge([Seen("cat", (answer,))] * 3, ANIMALS)
    assert found.error == answer and found.standard_error is None


def test_the_most_frequent_mistakes_come_first_and_all_cells_add_up():
    seen = [Seen("cat", (1,))] * 2 + [Seen("dog", (0,))] * 5 + [Seen("dog", (1,))] * 3
    found = judge(seen, ANIMALS)
    assert found.confusions == [(1, 0, 5), (0, 1, 2)]
    assert sum(found.cells.values()) == found.pictures == 10 and found.wrong == 7


def test_folders_that_are_no_class_are_said_and_do_not_count():
    found = judge([Seen("cat", (0,)), Seen("holiday", (0,)), Seen("wolf", (1,))], ANIMALS)
    assert found.pictures == 1 and found.wrong == 0 and found.unmatched == ("holiday", "wolf")


def test_without_any_known_picture_there_is_no_error():
    found = judge([Seen("holiday", (0,))], ANIMALS)
    assert found.error is None and found.standard_error is None and found.wrong_of_five is None


def test_the_error_of_the_first_five_answers():
    classes = [f"kind {place}" for place in range(20)]
    seen = [Seen("kind 7", (0, 1, 2, 3, 7)), Seen("kind 8", (0, 1, 2, 3, 4)), Seen("kind 9", (9, 1, 2, 3, 4))]
    assert judge(seen, classes).wrong_of_five == 1 and judge(seen, classes).wrong == 2
    assert judge([Seen("kind 7", (0, 1))], classes).wrong_of_five is None  # fewer answers were kept


def test_names_match_whatever_their_case_and_what_stands_between_words():
    classes = ("African elephant", "T-shirt/top", "tench", "lawn mower", "ice-cream")
    labels = ["african_elephant", "T-SHIRT/TOP", "tench, Tinca tinca", "  Lawn__mower ", "ice cream", "elephant"]
    assert list(meanings(labels, classes).values()) == [(0,), (1,), (2,), (3,), (4,), ()]


def test_two_classes_of_one_name_are_both_meant():
    classes = ("crane", "kite", "crane")
    assert meanings(["crane"], classes) == {"crane": (0, 2)}
    found = judge([Seen("crane", (2,)), Seen("crane", (0,)), Seen("crane", (1,))], classes)
    assert found.wrong == 1 and found.cells == {(0, 0): 2, (0, 1): 1}


def test_wordnets_numbers_are_known_for_imagenettes_classes():
    classes = ("church", "tench", "golf ball")
    assert meanings(["n01440764", "n03028079", "n99999999"], classes) == {"n01440764": (1,), "n03028079": (0,), "n99999999": ()}


def test_all_thousand_numbers_of_wordnet_stand_in_the_order_of_imagenets_classes():
    classes = [f"kind {place}" for place in range(1000)]
    numbers = [f"n{1000000 + 37 * place:08d}" for place in range(1000)]
    found = meanings(reversed(numbers), classes)
    assert [found[number] for number in numbers] == [(place,) for place in range(1000)]
    assert set(meanings(numbers[:999], classes).values()) == {()}  # one is missing: nothing tells which


def test_numbered_folders_mean_the_places_of_classes_that_have_names():
    assert meanings(["0", "09", "2"], CIFAR10_CLASSES) == {"0": (0,), "09": (9,), "2": (2,)}
    assert set(meanings(["0", "10"], CIFAR10_CLASSES).values()) == {()}  # there is no tenth place
    assert meanings(["1", "0"], ("1", "0")) == {"1": (0,), "0": (1,)}  # classes that are called by numbers go by their names


def test_imagenettes_names_are_classes_of_their_own_names():
    assert meanings(IMAGENETTE_CLASSES, list(IMAGENETTE_CLASSES.values())) == {
        number: (place,) for place, number in enumerate(IMAGENETTE_CLASSES)
    }


def test_right_wrong_and_unknown():
    labels = ("dog", "cat", "wolf")
    assert rightness([Seen(label, (1, 0)) for label in labels], meanings(labels, ANIMALS)) == [True, False, None]
    assert rightness([Seen("1", (1,)), Seen("0", (1,))], meanings("01", ANIMALS)) == [True, False]  # numbers, as all folders have one


def test_a_digit_that_is_a_class_of_one_network_is_no_place_in_the_list_of_another():
    digits, animals = shared_meanings("12", [tuple("012"), ANIMALS])
    assert digits == {"1": (1,), "2": (2,)} and animals == {"1": (), "2": ()}
    found = judge([Seen("1", (1, 0)), Seen("2", (2, 0))], ANIMALS, animals)
    assert (found.pictures, found.error, found.unmatched) == (0, None, ("1", "2"))
    assert shared_meanings("12", [ANIMALS, ANIMALS]) == [meanings("12", ANIMALS)] * 2  # nobody's names: places


def test_two_networks_are_compared_picture_by_picture():
    first, second = [True, True, False, True, None, False], [True, False, True, False, True, False]
    found = compare(first, second)
    assert found == Difference(5, only_first=2, only_second=1)
    assert found.points == pytest.approx(0.2)
    # The variance of the differences -1, 0, 1, by its definition.
    differences = [0, 1, -1, 1, 0]
    mean = sum(differences) / 5
    assert found.standard_error == pytest.approx(math.sqrt(sum((d - mean) ** 2 for d in differences) / 5 / 5))
    assert compare([None], [True]) is None


@pytest.mark.parametrize(("first", "second", "chance"), [(5, 0, 0.0625), (0, 6, 0.03125), (3, 3, 1), (0, 0, 1), (8, 1, 20 / 512)])
def test_how_often_equals_would_differ_as_much(first, second, chance):
    assert Difference(3000, first, second).chance == pytest.approx(chance)


def test_thousands_of_differences_are_no_matter():
    assert 0 < Difference(10_000, 2000, 2200).chance < 0.01

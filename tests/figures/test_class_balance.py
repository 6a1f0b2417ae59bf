"""How many pictures each class has."""

from explorer.figures.class_balance import TRAINING, VALIDATION, balance_words, class_balance
from explorer.figures.colours import contrast


def test_an_even_set_says_so():
    assert balance_words(["cat", "dog"], [400, 400]) == "400 training pictures in each of 2 classes"


def test_an_uneven_set_names_its_extremes_and_what_guessing_reaches():
    words = balance_words(["cat", "dog", "owl"], [100, 700, 200])
    assert words == "from 100 training pictures (cat) to 700 (dog); always saying dog would be right for 70% of them"


def test_both_parts_are_drawn_class_by_class():
    figure = class_balance(["cat", "dog"], [4, 6], [1, 2])
    assert [(bar.name, list(bar.x), list(bar.y)) for bar in figure.data] == [
        ("training", ["cat", "dog"], [4, 6]), ("validation", ["cat", "dog"], [1, 2]),
    ]  # fmt: skip
    assert figure.layout.xaxis.showticklabels


def test_more_classes_than_can_bear_their_names_are_bars_without():
    names = [f"class {i}" for i in range(1000)]
    assert not class_balance(names, [1] * 1000, [1] * 1000).layout.xaxis.showticklabels


def test_both_parts_stand_out_from_either_theme():
    assert min(contrast(shade, paper) for shade in (TRAINING, VALIDATION) for paper in ("#FFFFFF", "#0E1117")) >= 3

"""Numbers as people read them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui import format as shown


def test_recipes_in_words():
    one = {"dataset": "mnist-5k", "epochs": 4, "batch": 64, "lr": 0.05}
    assert shown.recipe_words(one) == [r"data mnist\-5k", "4 epochs", "batches of 64", "peak learning rate 0.05"]
    assert shown.recipe_words(one, one | {"epochs": 2}, {})[1] == "4 epochs and 2 epochs"
    assert shown.recipe_words(one | {"seconds": 20.0})[1] == "about 20 s of training"
    assert shown.recipe_words(one | {"steps": 6400, "dataset": "/home/me/cats.zip"})[:2] == [r"data cats\.zip", r"6,400 steps"]
    assert shown.recipe_words(one | {"epochs": 1})[1] == "1 epoch"
    unusual = {"label_smoothing": 0.1, "clip": 1.0, "momentum": 0.9, "decay_norm": False, "weight_decay": 1e-4}
    told = ["weight decay on normalisations: no", "label smoothing 0.1", "gradient clipped at 1"]
    assert shown.recipe_words(one | unusual)[4:] == told
    assert shown.recipe_words(one | unusual, one)[4:] == told
    assert shown.recipe_words({"lr": 1.0}) == ["peak learning rate 1"]


def test_foreign_text_is_no_markdown():
    assert shown.plain("a  *b*\n[c](d) :red[e] $f$") == r"a \*b\* \[c\]\(d\) \:red\[e\] \$f\$"
    assert shown.plain("x" * 300) == "x" * 200


@pytest.mark.parametrize(
    "number, text",
    [(0, "0"), (7, "7"), (512, "512"), (999, "999"), (1000, "1.00 k"), (853018, "853.0 k"), (999_960, "1.00 M"),
     (125_485_696, "125.5 M"), (4_089_184_256, "4.09 G"), (11_513_626_624, "11.51 G"), (0.5, "0.50"), (-1500, "-1.50 k"),
     (None, "–"), (math.nan, "–"), (math.inf, "–")],
)
def test_si(number, text):
    assert shown.si(number) == text


def test_units_follow_the_prefix():
    assert shown.si(4_089_184_256, "MACs") == "4.09 GMACs"
    assert shown.bytes(3_407_872) == "3.41 MB"
    assert shown.bytes(12) == "12 B"


@given(st.integers(1, 10**17))
def test_si_keeps_three_digits_of_every_number(number):
    digits, _, prefix = shown.si(number).partition(" ")
    value = float(digits) * 1000 ** ("kMGTP".find(prefix) + 1 if prefix else 0)
    assert value == pytest.approx(number, rel=0.0051)
    assert len(digits.replace(".", "")) <= 5


def test_count():
    assert shown.count(853018) == "853,018"
    assert shown.count(None) == "–"


@pytest.mark.parametrize(
    "fraction, text",
    [(0, "0.0%"), (1, "100.0%"), (0.0234, "2.3%"), (0.0004, "<0.1%"), (0.0005, "0.1%"), (0.9994, "99.9%"), (0.9996, ">99.9%"),
     (None, "–"), (math.nan, "–")],
)
def test_percent(fraction, text):
    assert shown.percent(fraction) == text


def test_a_minus_is_one():
    assert (shown.minus(-90), shown.minus("-0.33"), shown.minus(7)) == ("−90", "−0.33", "7")


@pytest.mark.parametrize(
    "seconds, text",
    [(0, "0.0 s"), (0.42, "0.4 s"), (9.96, "10 s"), (42.4, "42 s"), (59.7, "1 min"), (185, "3 min 5 s"), (3599.6, "1 h"),
     (7620, "2 h 7 min"), (86_370, "1 d"), (273_600, "3 d 4 h"), (None, "–"), (-1, "–"), (math.inf, "–")],
)
def test_duration(seconds, text):
    assert shown.duration(seconds) == text

import json
import math

import pytest

from explorer.numbers import in_words, printed, word

WORDS = {math.nan: ("NaN", "NaN"), math.inf: ("Infinity", "∞"), -math.inf: ("-Infinity", "-∞")}


@pytest.mark.parametrize("value", WORDS)
def test_what_is_not_finite_has_a_word_for_files_and_one_for_people(value):
    assert (word(value), printed(value)) == WORDS[value]
    nested = {"a": [1, (value, 2.5, None)], "b": {"c": value}}
    said = {"a": [1, [WORDS[value][0], 2.5, None]], "b": {"c": WORDS[value][0]}}
    assert json.loads(json.dumps(in_words(nested), allow_nan=False)) == said


@pytest.mark.parametrize("value, text", [(0.0, "0"), (316251.0, "3.163e+05"), (0.0215, "0.0215"), (-1.5, "-1.5")])
def test_finite_numbers_stay(value, text):
    assert word(value) is None and in_words(value) == value and printed(value) == text

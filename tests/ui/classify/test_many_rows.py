"""The table of many pictures and the sentences about them: made from answers whose truth the test knows."""

import csv
import io

import pytest

from explorer.ui.classify.many.rows import as_csv, columns_of, kept_rows, know_the_same, seen_of, table
from explorer.ui.classify.many.words import (
    apart_words,
    certainty_words,
    difference_words,
    error_number,
    error_words,
    mistakes_words,
    pace_words,
    unmatched_words,
)  # fmt: skip
from explorer.vision.confusion import Seen, judge
from explorer.vision.many import Answered, Likeliest

ANIMALS = ("cat", "dog", "fox")


def answered(name, label, *classes, sure=0.8):
    shares = (sure, 0.15, 0.05)[: len(classes)]
    return Answered(name, label, (4, 3), b"webp", (Likeliest(tuple(classes), shares),))


def column(label, classes, rows):
    (found,) = columns_of([(label, classes, rows)])
    return found


def two():
    """Four pictures: both right; only the first; only the second, and the first is surer; of no known class."""
    labels = ["cat", "dog", "fox", "wolf"]
    one = [answered(f"{number}.png", label, *classes, sure=sure) for number, (label, classes, sure) in enumerate(
        zip(labels, [(0, 1, 2), (1, 0, 2), (0, 2, 1), (1, 0, 2)], [0.8, 0.8, 0.7, 0.8]))]  # fmt: skip
    other = [answered(f"{number}.png", label, *classes) for number, (label, classes) in enumerate(
        zip(labels, [(0, 1, 2), (2, 1, 0), (2, 0, 1), (0, 1, 2)]))]  # fmt: skip
    return [column("A-20", ANIMALS, one), column("B-20", ANIMALS, other)]


def test_each_answer_is_right_wrong_or_nobody_can_tell():
    assert [one.right for one in two()] == [[True, True, False, None], [True, False, True, None]]


def test_mistakes_come_with_the_surest_first():
    assert kept_rows(two(), "all") == [0, 1, 2, 3]
    assert kept_rows(two(), "wrong") == [1, 2]  # 0.8 by the second network, 0.7 by the first
    assert kept_rows(two(), "apart") == [1, 2, 3]


def test_the_table_has_each_networks_answers_side_by_side():
    cells = table(two(), [2, 0], 2)
    assert list(cells) == ["picture", "name", "class", "A-20: answer", "A-20: %", "A-20: then", "B-20: answer", "B-20: %", "B-20: then"]
    assert cells["name"] == ["2.png", "0.png"] and cells["A-20: answer"] == ["cat ✗", "cat ✓"]
    assert cells["B-20: answer"] == ["fox ✓", "cat ✓"]
    assert cells["A-20: %"] == [70, 80] and cells["A-20: then"][0] == "fox 15.0%"
    assert cells["picture"] == ["data:image/webp;base64,d2VicA=="] * 2


def test_pictures_without_folders_have_no_such_columns():
    plain = column("A-20", ANIMALS, [answered("x.png", None, 1, 0)])
    cells = table([plain], [0], 1)
    assert list(cells) == ["picture", "name", "answer", "%"] and cells["answer"] == ["dog"]


def test_the_csv_holds_every_answer_in_full():
    rows = list(csv.DictReader(io.StringIO(as_csv(two(), [1, 3], 2))))
    assert [row["name"] for row in rows] == ["1.png", "3.png"] and rows[0]["class"] == "dog" and rows[0]["width"] == "4"
    assert rows[0]["B-20: answer 1"] == "fox" and rows[0]["B-20: probability 2"] == "0.15"
    assert [row["A-20: right"] for row in rows] == ["right", ""]


def test_fewer_classes_than_answers_leave_cells_empty():
    small = column("A-20", ("cat", "dog"), [answered("x.png", "cat", 0, 1)])
    (row,) = csv.DictReader(io.StringIO(as_csv([small], [0], 5)))
    assert row["A-20: answer 2"] == "dog" and row["A-20: answer 3"] == "" == row["A-20: probability 5"]


def test_the_error_and_where_its_uncertainty_is_said():
    found = judge(seen_of(two()[0].rows), ANIMALS)
    assert error_number(found) == "33.3% ± 27.2" and error_words(found) == "1 of 3 wrong"
    assert "standard error" in certainty_words(found)
    assert error_number(judge([Seen("cat", (0,))] * 100, ANIMALS)) == "0.0%, below 3.0%"
    assert error_number(judge([Seen("cat", (1,))] * 100, ANIMALS)) == "100.0%, above 97.0%"
    perfect = judge([Seen("cat", (0,))] * 300, ANIMALS)
    assert certainty_words(perfect) == "None of 300 is wrong: on all such pictures the error is below 1.0% with 95% confidence (3/n)."
    assert certainty_words(judge([Seen("cat", (1,))] * 3, ANIMALS)).startswith("All of 3 are wrong")


def test_folders_without_a_class_are_named():
    first = two()[0]
    told = unmatched_words("A-20", judge(seen_of(first.rows), ANIMALS))
    assert told == "A\\-20 has no class of the name of: wolf. Their pictures do not count for its error."
    assert unmatched_words("A-20", judge([Seen("cat", (0,))], ANIMALS)) is None


def test_two_networks_and_whether_chance_would_do():
    assert difference_words(*two()) == "Of 3 pictures A\\-20 alone gets 1 right, B\\-20 alone 1: their errors are the same."
    good = column("good", ANIMALS, [answered(str(number), "cat", 0) for number in range(100)])
    bad = column("bad", ANIMALS, [answered(str(number), "cat", 0 if number < 70 else 1) for number in range(100)])
    assert difference_words(good, good) == "good and good are right about the very same pictures."
    seldom = "more than chance would make of equals (exact sign test, p < 0.001)."
    assert difference_words(good, bad).endswith(f"bad's error is 30.0 ± 4.6 points higher, {seldom}")
    assert difference_words(bad, good).endswith(f"good's error is 30.0 ± 4.6 points lower, {seldom}")
    near = column("near", ANIMALS, [answered(str(number), "cat", 0 if number else 1) for number in range(100)])
    assert difference_words(good, near).endswith("near's error is 1.0 ± 1.0 points higher, which may be chance (exact sign test, p = 1).")


def test_the_most_frequent_mistake_is_one_that_was_made_twice():
    assert mistakes_words("A", judge([Seen("cat", (1,)), Seen("cat", (1,)), Seen("cat", (0,))], ANIMALS), ANIMALS) == (
        "A most often takes cat for dog: 2 of 3 pictures.")
    assert mistakes_words("A", judge([Seen("cat", (1,))], ANIMALS), ANIMALS) is None


def test_how_often_networks_answer_differently():
    assert apart_words(two()) == "On 3 of 4 pictures the networks' first answers differ."
    assert apart_words(two()[:1]) is None


def test_networks_of_other_classes_are_not_said_to_differ():
    digits = column("C", ("0", "1", "2"), two()[0].rows)
    assert apart_words([two()[0], digits]) is None and not know_the_same([two()[0], digits])
    assert know_the_same([two()[0], column("D", ("Dog", "cat", "FOX"), two()[0].rows)])  # in another order, under other capitals


@pytest.mark.parametrize(("pictures", "seconds", "rate"), [(500, 0.5, "1,000"), (5, 2, "2.5"), (500, 20, "25")])
def test_the_pace_is_told_with_what_it_went_to(pictures, seconds, rate):
    told = pace_words(pictures, seconds, (1, 1, 2), 2, ["float32", "bfloat16"])
    assert f"{rate} a second" in told and "decoding was 25%, preparing 25%, the networks 50%, in float32 and bfloat16." in told
    assert told.endswith("rarely by more.")
    assert pace_words(pictures, seconds, (1, 1, 2), 1, ["float32"]).endswith("the network 50%, in float32.")

"""The confusion matrix as drawn: its cells, its colours, and what is shown of many classes."""

from explorer.figures.confusion import MOST, OTHERS, confusion_chart, shown_classes
from explorer.vision.confusion import Seen, judge

ANIMALS = ("cat", "dog", "fox")


def drawn(seen, classes=ANIMALS):
    return confusion_chart("ResNet-20", judge(seen, classes), classes)


def test_a_row_is_a_class_and_a_column_an_answer():
    (trace,) = drawn([Seen("dog", (0,)), Seen("dog", (1,)), Seen("dog", (1,)), Seen("dog", (1,)), Seen("cat", (0,))])["data"]
    assert (trace["y"], trace["x"]) == (["cat", "dog"], ["cat", "dog"])
    assert trace["customdata"] == [[1, 0], [1, 3]]
    assert trace["z"] == [[100, None], [25, 75]]  # shares of a row; where there is nothing, no colour
    assert trace["text"] == [["1", ""], ["1", "3"]]


def test_an_answer_that_no_picture_is_of_is_a_column_behind():
    (trace,) = drawn([Seen("fox", (0,)), Seen("fox", (2,))])["data"]
    assert (trace["y"], trace["x"], trace["customdata"]) == (["fox"], ["fox", "cat"], [[1, 1]])


def test_of_many_classes_those_with_the_most_mistakes_are_shown_and_nothing_is_lost():
    classes = [f"kind {place}" for place in range(60)]
    seen = [Seen(f"kind {place}", (answer,)) for place in range(60) for answer in [place] * 3 + [(place + 1) % 60] * (place >= 20)]
    found = judge(seen, classes)
    rows, columns = shown_classes(found)
    assert rows == list(range(20, 20 + MOST)) and columns == rows
    figure = confusion_chart("net", found, classes)
    (trace,) = figure["data"]
    assert trace["x"][-1] == OTHERS
    assert [sum(cells) for cells in trace["customdata"]] == [4] * MOST
    assert "of 60 classes the 24 with the most mistakes" in figure["layout"]["title"]["subtitle"]["text"]
    assert "text" not in trace  # no room for numbers


def test_classes_of_one_name_keep_rows_of_their_own():
    (trace,) = drawn([Seen("0", (0,)), Seen("1", (1,))], ("crane", "crane"))["data"]
    assert trace["y"] == ["crane", "crane (2)"]


def test_the_saved_data_are_numbers_of_pictures():
    assert drawn([Seen("cat", (0,))])["layout"]["coloraxis"]["colorbar"]["title"]["text"] == "pictures"

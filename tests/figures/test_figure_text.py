"""Anybody's words in figures: Plotly finds neither tags, links nor fields in them, wherever a figure shows them."""

import json

import numpy as np
import pytest

from explorer.figures.additions import Added, added_chart
from explorer.figures.confusion import confusion_chart
from explorer.figures.gates import answers_along
from explorer.figures.lesions import EachRemoved, WholeNet, class_bars, each_removed_chart
from explorer.figures.probabilities import Said, answer_bars
from explorer.figures.readout import QUANTITIES, DepthLine, answers_chart, depth_chart
from explorer.figures.text import extra, figure_text
from explorer.vision.confusion import Seen, judge

HOSTILE = '<a href="x">%{y}</a>'


def test_tags_and_fields_are_words():
    assert figure_text(" a<b\n") == "a‹b" and figure_text("50% {x}") == "50% {x}"
    assert figure_text(HOSTILE) == '‹a href="x">% {y}‹/a>'
    assert extra("Plain-20") == "<extra>Plain-20</extra>" and extra("a</extra>b") == "<extra>a‹/extra>b</extra>"


def figures():
    whole = WholeNet(HOSTILE, "residual", 8, 0.1, 100)
    classes, likely = [HOSTILE, "b"], [0.9, 0.1]
    yield depth_chart([DepthLine(HOSTILE, "plain", 8, ["stem", "a"], [1, 2], [HOSTILE] * 2)], QUANTITIES["probability"], HOSTILE)
    yield answers_chart(HOSTILE, "plain", ["stem", "a"], classes, np.array([likely, likely]), [0, 0])
    yield added_chart([Added(HOSTILE, "residual", 8, ["a"], [1.0], 0)])
    yield class_bars(HOSTILE, "residual", classes, likely, likely)
    yield each_removed_chart([EachRemoved(whole, ["a"], [0.2], [False])])
    yield answers_along([-100, 0], [likely, likely], classes, 0, 0)
    yield answer_bars([Said(HOSTILE, "cifar/basic-20", likely)], classes, [0, 1])
    yield confusion_chart(HOSTILE, judge([Seen(HOSTILE, (0,))], classes), classes)


@pytest.mark.parametrize("figure", list(figures()))
def test_no_figure_takes_a_name_for_a_tag(figure):
    text = json.dumps(figure, ensure_ascii=False)
    assert "‹a href" in text and "<a href" not in text and ">%{y}‹" not in text

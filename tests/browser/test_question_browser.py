"""A question's answer in a real browser: what was found, and another seed started from there."""

import re

import pytest
from playwright.sync_api import expect

from explorer.runs.folder import list_runs
from explorer.runs.status import State
from explorer.runs.writer import RunWriter
from explorer.training.presets import PRESETS, planned
from explorer.training.start import start

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("runs_of_the_app")]

QUESTION = PRESETS["imagenet-depth"]
ERRORS = {"Plain-34": 0.53, "ResNet-34": 0.03, "Plain-18": 0.06, "ResNet-18": 0.02}


class Notebook:
    """A launcher that starts nothing."""

    def submit(self, run):
        pass


def test_an_answer_and_another_seed(page, app_url):
    runs = start(planned(QUESTION, [0]), preset=QUESTION.name, launcher=Notebook())
    for run, arm in zip(runs, QUESTION.arms, strict=True):
        figures = {"train_error": ERRORS[arm.title], "val_error": ERRORS[arm.title]}
        RunWriter(run.folder).status(state=State.FINISHED, step=248, elapsed=12.0, latest=figures)
    page.goto(f"{app_url}/train?runs={','.join(run.id for run in runs)}")
    expect(page.get_by_text(QUESTION.means["worse"])).to_be_visible()
    expect(page.get_by_text("As in the paper in 2 of the 3 comparisons that it makes.")).to_be_visible()
    chart = page.locator("figure.explorer-chart", has=page.locator("strong:text-is('Where they ended')"))
    expect(chart.locator(".xtick text").filter(has_text="Plain-34")).to_be_visible()

    page.get_by_role("button", name="Another seed: 1").click()
    page.wait_for_url(lambda url: url.count("-s1-") == 4 and all(run.id in url for run in runs))
    expect(page.get_by_text(re.compile(r"[1-4] more runs? (is|are) still on the way"))).to_be_visible()
    expect(page.get_by_role("button", name="Another seed: 2")).to_be_visible()
    assert sum(run.config.preset == QUESTION.name and run.config.seed == 1 for run in list_runs()) == 4

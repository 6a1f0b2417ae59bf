import os

import pytest
import torch
from class_folders import make_noise

from explorer.data.open import open_batches
from explorer.data.streamed import AHEAD, Streamed
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.training.budget import plan_steps
from explorer.training.checkpoint import PicturesChanged, restore_checkpoint, save_checkpoint
from explorer.training.recipe import Recipe
from explorer.training.trainer import Trainer

SPEC = parse_spec("imagenet/basic-18?width=4&input=66&classes=2")
RECIPE = Recipe(epochs=2, batch=6, augment="imagenet", warmup_steps=2, precision="fp32")


@pytest.fixture
def trainer(tmp_path):
    """A fresh trainer on pictures that stream, as another process would make it; all are closed in the end."""
    path = make_noise(tmp_path / "noise", [f"{k}/{i:02}.png" for k in "ab" for i in range(10)], size=(80, 90))
    opened = []

    def make(recipe=RECIPE):
        opened.append(open_batches(str(path), size=66, channels=3, batch=6, augment="imagenet", seed=1))
        return Trainer(build(SPEC, seed=1), opened[-1], recipe, 1, torch.device("cpu"))

    yield make
    for batches in opened:
        batches.close()


def test_a_run_on_a_stream_goes_on_as_if_it_had_never_stopped(trainer, tmp_path):
    whole, first, second = trainer(), trainer(), trainer()
    assert isinstance(whole.batches, Streamed)
    for _ in range(5):
        whole.step()
    for _ in range(2):
        first.step()
    save_checkpoint(first, tmp_path / "checkpoint.pt")
    assert restore_checkpoint(second, tmp_path / "checkpoint.pt")
    for _ in range(3):
        second.step()
    for name, weight in whole.net.state_dict().items():
        assert torch.equal(weight, second.net.state_dict()[name]), name


def test_a_run_does_not_go_on_with_other_pictures(trainer, tmp_path):
    save_checkpoint(trainer(), tmp_path / "checkpoint.pt")
    (tmp_path / "noise" / "notes.txt").write_text("no picture")
    assert restore_checkpoint(trainer(), tmp_path / "checkpoint.pt")
    first = tmp_path / "noise" / "a" / "00.png"
    os.utime(first, ns=(0, 0))
    with pytest.raises(PicturesChanged, match="noise have changed since this run began"):
        restore_checkpoint(trainer(), tmp_path / "checkpoint.pt")


def test_planning_a_time_decodes_next_to_nothing_in_vain(trainer, monkeypatch):
    planned, decoded = trainer(RECIPE.variant(seconds=20)), []
    begin = planned.batches._steps.begin
    monkeypatch.setattr(planned.batches._steps, "begin", lambda step: decoded.append(step) or begin(step))
    taken, step = [], planned.step
    monkeypatch.setattr(planned, "step", lambda: taken.append(planned.steps_done) or step())
    assert plan_steps(planned, lambda: None) >= 1
    in_vain = len(decoded) - len(taken)
    assert 0 <= in_vain <= 2 * AHEAD  # at the move to a probed step, and at the end
    whole = trainer()
    for one in (planned, whole):
        one.total_steps = 5
        one.step()
    assert all(torch.equal(weight, planned.net.state_dict()[name]) for name, weight in whole.net.state_dict().items())

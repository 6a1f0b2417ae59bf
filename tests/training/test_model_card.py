"""The card of a run's weights: its numbers are the run's, and what it says to do works."""

import json
import re
import subprocess
import sys

import pytest
import safetensors.torch
import torch
from recorded_run import RECORDED, recorded_run

from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.networks.weights import load_weights
from explorer.runs.archive import write_folder
from explorer.runs.errors import RunError
from explorer.runs.folder import create
from explorer.runs.run import FINAL_WEIGHTS
from explorer.runs.status import read_status
from explorer.training.model_card import model_card, model_files
from explorer.training.recipe import Recipe
from explorer.training.recipe_words import in_words


def block(card, language):
    return re.search(rf"```{language}\n(.*?)```", card, re.DOTALL)[1]


def test_card(golden):
    golden(model_card(recorded_run()), ".md")


def test_the_cards_numbers_are_the_runs():
    run = recorded_run()
    card, status = model_card(run), read_status(run)
    net = build(parse_spec(run.config.network))
    assert f"{sum(parameter.numel() for parameter in net.parameters()):,} parameters" in card
    assert f"| training, over the last epoch | {100 * status.latest['train_error']:.2f}% |" in card
    assert f"| validation, of these weights | {100 * status.latest['val_error']:.2f}% |" in card
    assert f"| validation, the best of the run, at step 16 | {100 * status.best['val_error']:.2f}% |" in card
    assert json.loads(block(card, "json")) == run.config.recipe
    assert block(card, "sh").startswith(f"explorer train '{run.config.network}' --epochs 2")
    assert "--seed 3 --threads 1" in block(card, "sh") and "torch 2.13.0" in card and "cpu, 1 thread" in card


@pytest.mark.parametrize(
    ("epoch", "words"),
    [(2, "the last epoch"), (4.3, "the last whole epoch and the steps after it"), (0.5, "all steps, less than an epoch")],
)
def test_the_card_says_what_the_training_error_is_over(epoch, words, monkeypatch):
    run = recorded_run()
    status = read_status(run).model_copy(update={"epoch": epoch})
    monkeypatch.setattr("explorer.training.model_card.read_status", lambda run: status)
    assert f"| training, over {words} |" in model_card(run)


def test_the_files_are_the_card_and_the_weights():
    run = recorded_run()
    assert dict(model_files([run])) == {
        f"{run.id}/README.md": model_card(run).encode(),
        f"{run.id}/final.safetensors": (RECORDED / FINAL_WEIGHTS).read_bytes(),
    }


def test_the_cards_way_to_load_it_works(tmp_path):
    run = recorded_run()
    write_folder(model_files([run]), tmp_path)
    folder = tmp_path / run.id
    card = (folder / "README.md").read_text()
    (export,) = re.findall(r"explorer export '(.*)' -o net.py", card)
    done = subprocess.run([sys.executable, "-m", "explorer.cli", "export", export, "-o", "net.py"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    script = block(card, "python").replace("torch.zeros(", "torch.ones(") + "\nprint(scores.tolist())"
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    net = build(parse_spec(run.config.network)).eval()
    load_weights(net, run.folder / FINAL_WEIGHTS)
    with torch.no_grad():
        assert json.loads(done.stdout) == net(torch.ones(1, 1, 32, 32)).tolist()


def test_a_run_without_final_weights_has_no_card():
    run = create("cifar/plain-20", Recipe().model_dump(), 0)
    with pytest.raises(RunError, match="has no final weights: only a run that came to its end has"):
        list(model_files([run]))


def test_a_damaged_run_gets_a_sentence():
    run = recorded_run()
    (run.folder / FINAL_WEIGHTS).write_bytes(b"torn")
    with pytest.raises(Exception, match="final.safetensors is broken or no weights file"):
        model_card(run)


def test_where_pictures_lie_is_not_told(tmp_path):
    run = create("cifar/plain-8?channels=1", Recipe(dataset=str(tmp_path / "cats & dogs")).model_dump(), 0, data={"title": "cats & dogs"})
    safetensors.torch.save_file({"fc.weight": torch.zeros(2, 3)}, run.folder / FINAL_WEIGHTS)
    card = model_card(run)
    assert str(tmp_path) not in card and "--dataset 'cats & dogs'" in card
    assert "its source and licence are not known" in card and "6 parameters" in card and "not measured" in card


@pytest.mark.parametrize("changes, words", [
    ({}, "SGD with momentum 0.9, weight decay 0.0001, batches of 64, 4 epochs, no augmentation, bf16 autocast where the device is fast "
         "at it. Learning rate 0.05 after 30 steps of linear warm-up, then a cosine to zero."),
    ({"steps": 64_000, "schedule": "steps", "warmup_steps": 400, "warmup": "constant", "lr": 0.1},
     "64,000 steps, no augmentation, bf16 autocast where the device is fast at it. Learning rate 0.1 after 400 steps at a tenth of it, "
     "divided by 10 at half and at three quarters of the steps."),
    ({"seconds": 90, "clip": 1.5, "label_smoothing": 0.1, "weight_decay": 0, "schedule": "constant", "warmup_steps": 0},
     "SGD with momentum 0.9, no weight decay, batches of 64, about 90 seconds, label smoothing 0.1, the gradient's norm clipped at 1.5,"),
    ({"decay_norm": False}, "weight decay 0.0001 (not on normalisations and biases)"),
])  # fmt: skip
def test_a_recipe_in_words(changes, words):
    assert words in in_words(Recipe(**changes))

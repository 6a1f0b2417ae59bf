from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F

from explorer.data.augment import CropFlip
from explorer.data.batches import InMemory
from explorer.data.images import Normalise
from explorer.data.order import BatchOrder
from explorer.training import loop
from explorer.training.loop import train
from explorer.training.recipe import learning_rate
from explorer.training.trainer import TrainingError


def weights(trainer):
    return torch.cat([value.flatten().double() for value in trainer.net.state_dict().values()])


def test_the_loop_takes_the_steps_of_plain_sgd(make_trainer, listener):
    """Held against the same steps written out: forward, backward, momentum and weight decay by hand."""
    trainer, reference = make_trainer(epochs=1), make_trainer(epochs=1)
    train(trainer, listener())
    net, recipe, data = reference.net, reference.recipe, reference.batches
    order, normalise = BatchOrder(0, 108, 12, 9), Normalise(data.mean, data.std)
    velocity = {name: torch.zeros_like(value) for name, value in net.named_parameters()}
    for step in range(9):
        chosen = order.indices(step)
        images = normalise(CropFlip(0, flip=True)(data.images[chosen], step)).contiguous(memory_format=torch.channels_last)
        net.zero_grad()
        F.cross_entropy(net(images), data.labels[chosen]).backward()
        with torch.no_grad():
            for name, value in net.named_parameters():
                velocity[name] = recipe.momentum * velocity[name] + value.grad + recipe.weight_decay * value
                value -= learning_rate(recipe, step, 9) * velocity[name]
    assert torch.allclose(weights(trainer), weights(reference), atol=1e-5)


def test_rows_say_how_far_the_training_is_and_how_well_it_goes(make_trainer, listener):
    trainer, heard = make_trainer(epochs=3, batch=8), listener()
    train(trainer, heard)
    assert trainer.per_epoch == 13 and heard.epochs == 3
    by_step = {row["step"]: row for row in heard.rows}
    assert {10, 13, 20, 26, 30, 39} <= by_step.keys()
    ends = [row for row in heard.rows if "val_error" in row]
    assert [row["step"] for row in ends] == [13, 26, 39]
    assert [row["epoch"] for row in ends] == [1, 2, 3]
    assert all(0 <= row["train_error"] <= 1 and row["loss"] > 0 for row in heard.rows)
    assert by_step[10]["lr"] == learning_rate(trainer.recipe, 9, 39)
    assert by_step[10]["images_per_second"] > 0
    assert trainer.best["val_error"] == min(row["val_error"] for row in ends)


def test_the_training_error_counts_from_the_start_of_each_epoch(make_trainer, listener):
    trainer, heard = make_trainer(epochs=20, lr=0.1, augment="none"), listener()
    train(trainer, heard)
    ends = [row for row in heard.rows if "val_error" in row]
    assert ends[0]["train_error"] > 0.15 and ends[-1]["train_error"] < 0.05
    wrong = round(ends[3]["train_error"] * 108, 6)
    assert wrong == int(wrong)


def test_recent_errors_add_up_to_the_epochs_error(make_trainer, listener):
    trainer, heard = make_trainer(epochs=2, batch=8, augment="none"), listener()
    train(trainer, heard)
    counted = wrong = step = 0
    for row in heard.rows:
        images, step = (row["step"] - step) * 8, row["step"]
        counted, wrong = counted + images, wrong + row["recent_error"] * images
        assert wrong / counted == pytest.approx(row["train_error"])
        if "val_error" in row:
            counted = wrong = 0
    assert step == 2 * trainer.per_epoch


def test_a_number_of_steps_need_not_end_with_an_epoch(make_trainer, listener):
    trainer, heard = make_trainer(steps=14, epochs=5), listener()
    train(trainer, heard)
    assert [(row["step"], row["epoch"]) for row in heard.rows if "val_error" in row] == [(9, 1.0), (14, 1.5556)]
    assert heard.rows[-1]["lr"] == learning_rate(trainer.recipe, 13, 14)
    assert trainer.steps_done == trainer.total_steps == 14


@pytest.mark.parametrize(("steps", "counted"), [(5, 5), (9, 9), (10, 10), (17, 17), (18, 9), (19, 10), (26, 17), (27, 9)])
def test_an_epoch_that_will_not_be_whole_is_counted_with_the_one_before(make_trainer, listener, steps, counted):
    """The last training error is over at least an epoch of 9 steps, if there were as many."""
    trainer, heard, wrong = make_trainer(steps=steps, probe_every=0), listener(), []
    make_step = trainer.step

    def step():
        before = float(trainer.wrong)
        make_step()
        wrong.append(float(trainer.wrong) - before)

    trainer.step = step
    train(trainer, heard)
    assert heard.rows[-1]["train_error"] == pytest.approx(sum(wrong[-counted:]) / (counted * 12))


def test_a_long_epoch_is_validated_on_the_way(make_trainer, listener, monkeypatch):
    monkeypatch.setattr("explorer.training.trainer.VALIDATE_STEPS", 4)
    trainer, heard = make_trainer(epochs=2), listener()
    train(trainer, heard)
    ends = [row for row in heard.rows if "val_error" in row]
    assert [row["step"] for row in ends] == [3, 6, 9, 12, 15, 18]
    assert trainer.seen == 0 and ends[2]["train_error"] == pytest.approx(sum(row["recent_error"] for row in ends[:3]) / 3)


def test_seconds_add_up_and_stand_still_between_steps(make_trainer, listener, monkeypatch):
    """A clock that ticks a second each time it is read, and an observer that lets an hour pass at every breath."""
    clock = iter(range(10**9))
    hour = SimpleNamespace(passed=0)
    monkeypatch.setattr(loop, "time", SimpleNamespace(perf_counter=lambda: next(clock) + hour.passed))
    trainer, heard = make_trainer(epochs=2, probe_every=0), listener()
    monkeypatch.setattr(heard, "breathe", lambda trainer: setattr(hour, "passed", hour.passed + 3600))
    train(trainer, heard)
    seconds = [row["seconds"] for row in heard.rows]
    assert [row["step"] for row in heard.rows if row["step"] % 9 == 0] == [9, 18] and seconds == sorted(seconds)
    assert 18 < seconds[-1] < 80


def test_a_slow_networks_extra_rows_leave_the_regular_ones_as_they_are(make_trainer, listener, monkeypatch):
    plain, busy = listener(), listener()
    train(make_trainer(epochs=3), plain)
    monkeypatch.setattr(loop, "ROW_EVERY_SECONDS", 0.0)
    train(make_trainer(epochs=3), busy)
    assert [row["step"] for row in busy.rows] == list(range(1, 28))
    clocks = {"seconds", "images_per_second"}
    by_step = {row["step"]: {name: row[name] for name in row.keys() - clocks} for row in busy.rows}
    regular = [row for row in plain.rows if row["step"] in (9, 10, 18, 20, 27)]
    assert len(regular) == 5 and all({name: row[name] for name in row.keys() - clocks} == by_step[row["step"]] for row in regular)


def test_label_smoothing_acts_on_the_training_loss_alone(make_trainer, listener):
    trainer, smooth = make_trainer(lr=1e-9, steps=1), make_trainer(lr=1e-9, steps=1, label_smoothing=0.5)
    for each in (trainer, smooth):
        each.step()
    images, labels = trainer.batches.at(0)
    other = make_trainer()
    logits = other.net(Normalise(trainer.batches.mean, trainer.batches.std)(images))
    exact = F.cross_entropy(logits, labels, label_smoothing=0.5).item()
    assert smooth.loss_sum.item() == pytest.approx(exact, rel=1e-5) and trainer.loss_sum.item() != pytest.approx(exact, rel=1e-3)
    assert trainer.validate_batch(images, labels).tolist() == pytest.approx(smooth.validate_batch(images, labels).tolist(), rel=1e-4)


def test_validation_figures_are_those_of_the_network_in_evaluation_mode(make_trainer, listener):
    trainer, heard = make_trainer(epochs=1), listener()
    train(trainer, heard)
    data, net = trainer.batches, trainer.net.eval()
    with torch.no_grad():
        logits = net(Normalise(data.mean, data.std)(data.val_images))
    assert heard.rows[-1]["val_loss"] == pytest.approx(F.cross_entropy(logits, data.val_labels).item(), rel=1e-5)
    assert heard.rows[-1]["val_error"] == pytest.approx((logits.argmax(1) != data.val_labels).float().mean().item())


def test_signals_come_every_so_many_steps_from_step_0(make_trainer, listener):
    trainer, heard = make_trainer(probe_every=4, epochs=1), listener()
    train(trainer, heard)
    assert [step for step, _ in heard.norm_rows] == [0, 4, 8]
    assert all(len(norms) == len(trainer.probe.names) for _, norms in heard.norm_rows)
    relus = len(trainer.activations.names)
    assert relus == 7 and all(len(row["activation_std"]) == len(row["dead_share"]) == relus for _, row in heard.signal_rows)
    assert all(min(row["activation_std"]) > 0 and 0 <= max(row["dead_share"]) < 1 for _, row in heard.signal_rows)
    silent = listener()
    train(make_trainer(probe_every=0, epochs=1), silent)
    assert silent.norm_rows == []


def test_update_ratios_are_the_plain_difference_of_the_weights_before_and_after(make_trainer, listener):
    """Each probed step done again with the weights copied before it: momentum, weight decay and the warm-up's rates in it."""
    network = "cifar/preact-8?width=4&input=8&classes=2"
    trainer, heard = make_trainer(network, probe_every=3, weight_decay=0.05, epochs=1), listener()
    train(trainer, heard)
    reference, exact = make_trainer(network, probe_every=0, weight_decay=0.05, epochs=1), {}
    weights = reference.probe.weights
    for step in range(9):
        before = [weight.detach().double() for weight in weights]
        reference.step()
        moved = [(weight.detach() - old).norm() / old.norm() for weight, old in zip(weights, before, strict=True)]
        exact[step] = [ratio.item() for ratio in moved]
    assert [step for step, _ in heard.ratio_rows] == [0, 3, 6]
    for step, ratios in heard.ratio_rows:
        assert ratios == pytest.approx(exact[step], rel=1e-4)
    first, later = heard.ratio_rows[0][1], heard.ratio_rows[2][1]
    assert min(first) > 0 and all(1 < b / a < 50 for a, b in zip(first, later))  # the warm-up goes on to three times the rate


def test_reading_the_signals_changes_nothing(make_trainer, listener):
    read, unread = make_trainer(probe_every=1), make_trainer(probe_every=0)
    train(read, listener())
    train(unread, listener())
    assert torch.equal(weights(read), weights(unread))
    assert not read.weight_norms.requires_grad and unread.weight_norms is None


def test_paired_networks_see_identical_batches(make_trainer, monkeypatch):
    seen, at = [], InMemory.at
    monkeypatch.setattr(InMemory, "at", lambda batches, step: seen.append(at(batches, step)) or seen[-1])
    for network in ("cifar/plain-8?width=4&input=8&classes=2", "cifar/basic-14?width=4&input=8&classes=2"):
        trainer = make_trainer(network)
        for _ in range(12):
            trainer.step()
    assert len(seen) == 24
    for (images, labels), (same_images, same_labels) in zip(seen[:12], seen[12:], strict=True):
        assert torch.equal(images, same_images) and torch.equal(labels, same_labels)


def test_dropout_too_follows_from_seed_and_step(make_trainer, listener):
    dropout = "cifar/basic-8?width=4&input=8&classes=2&dropout=0.5"
    first, second = make_trainer(dropout), make_trainer(dropout)
    train(first, listener())
    torch.rand(7)
    train(second, listener())
    assert torch.equal(weights(first), weights(second))


def test_a_diverging_training_ends_with_a_sentence(make_trainer, listener):
    with pytest.raises(TrainingError, match="by step .* has diverged. A lower learning rate than 100 or a longer warm-up"):
        train(make_trainer("cifar/plain-8?width=4&input=8&classes=2&norm=none", lr=100.0, warmup_steps=0, epochs=5), listener())


def test_bf16_learns_as_float32_does(make_trainer, listener):
    errors = []
    for precision in ("fp32", "bf16"):
        heard = listener()
        train(make_trainer(precision=precision, augment="none", epochs=20, lr=0.1), heard)
        errors.append(heard.rows[-1]["train_error"])
    assert max(errors) < 0.1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_training_on_the_gpu_does_not_wait_for_it_between_rows(make_trainer):
    trainer = make_trainer(probe_every=1)
    device = torch.device("cuda")
    gpu = type(trainer)(trainer.net, trainer.batches, trainer.recipe, 0, device)
    gpu.step()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(5):
            gpu.step()
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_the_pace_after_a_resume_counts_only_the_steps_made_since(make_trainer, listener, monkeypatch):
    """Steps of a hundredth of a second by a clock that stands still otherwise; 5 of the 10 before the first row are old."""
    clock = 0.0
    trainer, heard = make_trainer(epochs=1, batch=8), listener()
    make_step = trainer.step

    def step():
        nonlocal clock
        clock += 0.01
        make_step()

    for _ in range(5):
        trainer.step()
    monkeypatch.setattr(trainer, "step", step)
    monkeypatch.setattr(loop, "time", SimpleNamespace(perf_counter=lambda: clock))
    train(trainer, heard)
    assert heard.rows[0]["step"] == 10 and heard.rows[0]["images_per_second"] == pytest.approx(800)

"""What does not fit into the memory is refused with the estimate, before it begins."""

import pytest
import torch

from explorer.anatomy.of import anatomy_of
from explorer.errors import BadInput
from explorer.lab import gates, lesions, limits
from explorer.lab.gates import fresh_gates
from explorer.lab.lesions import examine, lengths_of
from explorer.lab.limits import answer_bytes, check_answers, check_gradients, gradient_bytes
from explorer.lab.trained import Validation
from explorer.networks.spec import parse_spec
from explorer.vision.models import open_model

MODEL = "mnist-residual-20"


@pytest.mark.parametrize(("check", "needed", "what"), [
    (check_answers, answer_bytes, "answers"), (check_gradients, gradient_bytes, "gradients"),
])  # fmt: skip
def test_the_estimate_is_compared_with_what_is_free(monkeypatch, check, needed, what):
    anatomy = anatomy_of(parse_spec("cifar/basic-20"))
    monkeypatch.setattr(limits, "free_bytes", lambda: needed(anatomy, 100))
    check(anatomy, 100)
    said = rf"The {what} of Residual-20 need about 0\.\d GB of memory for 101 pictures, and 0\.\d GB are free: choose"
    with pytest.raises(BadInput, match=said):
        check(anatomy, 101)


def test_networks_at_once_and_what_stands_beside_them_are_counted(monkeypatch):
    anatomy = anatomy_of(parse_spec("cifar/basic-20"))
    monkeypatch.setattr(limits, "free_bytes", lambda: 2 * answer_bytes(anatomy, 10))
    check_answers(anatomy, 10, at_once=2)
    with pytest.raises(BadInput):
        check_answers(anatomy, 10, at_once=3)
    with pytest.raises(BadInput):
        check_answers(anatomy, 10, at_once=2, further=1)


def test_what_is_measured_of_trained_and_of_gated_networks_is_refused_before_it_begins(monkeypatch):
    loaded, shown = open_model(MODEL), Validation(torch.zeros(2, 1, 32, 32), torch.zeros(2, dtype=torch.int64), "digits", 2)
    assert examine(loaded, shown).intact.pictures == 2
    assert next(lengths_of(loaded, shown, 1)).samples == 1
    monkeypatch.setattr(limits, "free_bytes", lambda: 10**5)
    monkeypatch.setattr(lesions, "Examination", lambda *_: pytest.fail("examined"))
    monkeypatch.setattr(lesions, "by_path_length", lambda *_, **__: pytest.fail("followed"))
    monkeypatch.setattr(gates, "build", lambda *_: pytest.fail("built"))
    gated = parse_spec("cifar/highway-8")
    for refused in (lambda: examine(loaded, shown), lambda: lengths_of(loaded, shown, 2), lambda: fresh_gates(gated, 2)):
        with pytest.raises(BadInput, match="GB are free"):
            refused()

"""Ten sessions classify at once: each gets its own answer, to the bit, and all of them one network."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import torch

from explorer.ui.opened import opened
from explorer.vision.classify import probabilities
from explorer.vision.models import open_model
from explorer.vision.picture import open_picture
from explorer.vision.prepare import prepare
from explorer.vision.samples import samples

SESSIONS = 10
MODELS = ("mnist-residual-20", "mnist-plain-56", "cifar10-residual-20")


def pixels(loaded, number):
    offered = samples(loaded.model.knows_digits)
    return prepare(open_picture(offered[number % len(offered)].file), loaded.preparation).pixels[None]


def test_ten_sessions_at_once_get_their_own_answers_from_shared_networks():
    alone = {name: open_model(name) for name in MODELS}
    expected = {(name, n): probabilities(alone[name], pixels(alone[name], n)) for name in MODELS for n in range(SESSIONS)}
    before = torch.get_rng_state()
    together = Barrier(SESSIONS)

    def session(number):
        """All of them ask for the models at the same time, each for its own picture, in an order of its own."""
        together.wait()
        found = {}
        for name in MODELS[number % 3 :] + MODELS[: number % 3]:
            loaded = opened(name)
            found[name] = id(loaded.net), probabilities(loaded, pixels(loaded, number))
        return found

    with ThreadPoolExecutor(SESSIONS) as pool:
        answers = list(pool.map(session, range(SESSIONS)))
    for name in MODELS:
        assert len({answer[name][0] for answer in answers}) == 1
        assert all(torch.equal(answer[name][1], expected[name, number]) for number, answer in enumerate(answers))
    assert torch.is_grad_enabled() and torch.equal(torch.get_rng_state(), before)

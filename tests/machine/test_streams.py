"""Every purpose has random numbers of its own."""

import torch

from explorer.machine.streams import stream


def test_a_stream_belongs_to_its_purpose_and_seed_and_is_none_of_the_weights():
    def drawn(purpose, seed):
        return torch.randn(1000, generator=stream(purpose, seed))

    weights = [torch.randn(1000, generator=torch.Generator().manual_seed(seed)) for seed in range(3)]
    streams = [drawn("noise", 0), drawn("noise", 1), drawn("directions", 0), *weights]
    likeness = torch.corrcoef(torch.stack(streams)) - torch.eye(len(streams))
    assert likeness.abs().max() < 0.15  # chance: 1/√1000 = 0.03
    assert torch.equal(drawn("noise", 2**32 - 1), drawn("noise", 2**32 - 1))
    state = torch.get_rng_state()
    drawn("noise", 5)
    assert torch.equal(torch.get_rng_state(), state)

"""Linear read-outs of a shipped network: fitted on its training pictures, better the deeper, and refused where data do not fit."""

import pytest

from explorer.errors import BadInput
from explorer.lab.readouts import JUDGED, probes_of
from explorer.signals.lesions import blocks_of
from explorer.vision.models import open_model


def test_the_read_outs_of_a_trained_net_get_better_with_depth():
    loaded = open_model("mnist-residual-20")
    heard = []
    found = probes_of(loaded, "mnist-5k", 600, progress=heard.append)
    assert found.places == ("stem", *blocks_of(loaded.net)) and (found.fitted, found.judged) == (600, JUDGED)
    assert found.errors[0] > 0.3 and found.errors[-1] < 0.1  # eight channel means of a stem tell little
    assert heard == sorted(heard) and heard[-1] == 1
    again = probes_of(loaded, "mnist-5k", 600)
    assert again.errors == found.errors and probes_of(loaded, "mnist-5k", 600, seed=1).errors != found.errors


def test_data_that_do_not_fit_are_refused():
    with pytest.raises(BadInput, match="classes"):
        probes_of(open_model("mnist-residual-20"), "shapes?train=100", 100)
    with pytest.raises(BadInput):
        probes_of(open_model("mnist-residual-20"), "/nowhere/at/all", 100)

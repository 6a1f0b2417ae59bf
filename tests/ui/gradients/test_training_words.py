"""The sentences beside layers through training follow the numbers."""

import pytest

from explorer.figures.layer_charts import QUANTITIES
from explorer.figures.series import LayerValues
from explorer.ui.gradients.training.words import sentence, training_reading


def run(*rows, steps=(0, 10)):
    return LayerValues("Plain-8", "plain", ("conv1", "layer1.0.conv1", "fc"), ("conv", "conv", "linear"), steps[: len(rows)], rows, 8)


@pytest.mark.parametrize(
    "quantity, row, said",
    [
        ("gradient", (224.0, 1.0, 0.1), "from 0.1 (fc) to 224 (conv1), 2,240 times as much; the first layer has 224"),
        ("gradient", (1.0, 1.5, 0.5), "from 0.5 (fc) to 1.5 (layer1\\.0\\.conv1), 3.0 times as much; the first layer has 1"),
        ("gradient", (1e9, 1.0, 1.0), "1.0e9 times as much"),
        ("gradient", (1.0, 0.0, 1.0), "from 0 (layer1\\.0\\.conv1) to 1 (fc); the first layer has 1"),
        ("update", (0.01, 0.0001, 0.002), "half of the layers are below 0.002 (log₁₀ −2.7); 2 of 3 are above the guide; the greatest is 0.01 (conv1)"),
        ("update", (0.0, 0.0, 0.0), "half of the layers are below 0; 0 of 3 are above the guide"),
        ("activation", (1.0, 3.0, 2.0), "from 1 (conv1) to 3 (layer1\\.0\\.conv1), half of the layers below 2"),
        ("dead", (0.0, 0.3, 0.0), "10.0% of the channels on average, most in layer1\\.0\\.conv1 (30.0%); 2 of 3 layers have none"),
        ("dead", (0.0, 0.0, 0.0), "0.0% of the channels on average; 3 of 3 layers have none"),
        ("gradient", (None, 1.0, 2.0), "from 1 (layer1\\.0\\.conv1) to 2 (fc), 2.0 times as much; the first layer has 1; in 1 of 3 layers it is no finite number"),
        ("gradient", (None, None, None), "step 0: in 3 of 3 layers it is no finite number"),
    ],
)  # fmt: skip
def test_a_sentence_has_the_numbers_that_are_drawn(quantity, row, said):
    assert said in sentence(run(row), quantity, 0)


def test_a_sentence_is_about_the_last_step_measured_until_then():
    both = run((1.0, 1.0, 1.0), (4.0, 1.0, 1.0))
    assert sentence(both, "gradient", 9).startswith("**Plain\\-8**, step 0: from 1 (conv1) to 1")
    assert sentence(both, "gradient", None).startswith("**Plain\\-8**, step 10: from 1 (fc) to 4 (conv1)")
    assert sentence(run(), "gradient", None) == "**Plain\\-8**: nothing measured yet."
    assert sentence(run((1.0, 1.0, 1.0), steps=(5,)), "gradient", 4) == "**Plain\\-8**: nothing measured yet."


def test_where_a_schedule_has_stilled_the_layers_it_is_said_when_they_turned_fastest():
    rows = run((1e-4, 1e-4, 1e-4), (1e-2, 2e-3, 1e-3), (1e-6, 1e-6, 1e-6), steps=(0, 10, 20))
    assert sentence(rows, "update", None).endswith("; at step 10, where they turned fastest, half were below 0.002.")
    assert "fastest" not in sentence(rows, "update", 10) and "fastest" not in sentence(rows, "gradient", None)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_no_reading_says_that_plain_nets_vanish(quantity):
    reading = training_reading(quantity, [run((1.0, 1.0, 1.0))], None)
    text = " ".join([reading.idea, reading.paper, *reading.here, reading.differs])
    assert "vanish" not in text.replace("vanishing gradients are an unlikely cause", "") and len(text.split()) <= 190

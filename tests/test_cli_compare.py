"""`explorer compare`: the same facts as the page, for people and as JSON; bad input in one line."""

import json
from functools import partial

import pytest


@pytest.fixture
def run(in_process):
    return partial(in_process, "compare")


def test_words_and_numbers(run):
    status, out, err = run("imagenet/plain-34", "imagenet/basic-34", "imagenet/basic-34?shortcut=C")
    assert (status, err) == (0, "")
    head, plain, residual, projecting, *_ = out.splitlines()
    assert head.split() == ["network", "depth", "shortcuts", "params", "macs", "elementwise", "activation_bytes", "batch", "peak_bytes"]
    assert plain.split()[:5] == ["imagenet/plain-34", "34", "0", "21,623,848", "3,644,493,824"]
    assert residual.split()[:4] == ["imagenet/basic-34", "34", "16", "21,797,672"]
    assert projecting.split()[3] == "22,716,840"
    assert len({len(line) for line in (head, plain, residual, projecting)}) == 1  # aligned
    assert "imagenet/plain-34 -> imagenet/basic-34\n  16 shortcuts added: 13 identities and 3 projections" in out
    assert "imagenet/plain-34 -> imagenet/basic-34?shortcut=C\n  16 shortcuts added: 16 projections" in out


def test_json_has_marks_and_totals(run):
    status, out, _ = run("cifar/basic-20", "cifar/basic-20?shortcut=B", "--json", "--unit", "flops", "--batch", "8")
    told = json.loads(out)
    assert status == 0 and told["reference"] == "cifar/basic-20"
    assert [row["params"] for row in told["networks"]] == [269_722, 272_474]
    assert told["networks"][0]["flops"] == 2 * 40_551_040 and told["networks"][0]["peak_bytes"] > 0
    assert [row["batch"] for row in told["networks"]] == [8, 8]
    (difference,) = told["differences"]
    assert difference["network"] == "cifar/basic-20?shortcut=B"
    assert difference["after"]["layers"]["layer2.0.downsample.0"] == ["added", "added"]
    assert difference["before"]["layers"]["layer2.0.downsample.pad"] == ["removed", "removed"]


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["cifar/plain-20"], "two different networks"),
        (["cifar/plain-20", "cifar/plain-20?shortcut=A"], "plain blocks have no shortcut"),
        (["cifar/plain-20", "cifar/plain-20?width=16"], "two different networks"),
        (["cifar/plain-20", "cifar/basic-20", "cifar/plain-20?width=16"], "cifar/plain-20 is named twice"),
        (["cifar/plain-20", "bananas"], '"bananas" is no network'),
        (["cifar/plain-20", "cifar/basic-20", "--unit", "horses"], "--unit is MACs or FLOPs, not horses"),
        ([f"cifar/plain-{6 * n + 2}" for n in range(1, 10)], "at most 8 networks, not 9"),
    ],
)
def test_bad_input_is_one_line(run, arguments, words):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("explorer: ") and err.count("\n") == 1 and words in err

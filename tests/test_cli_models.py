"""`explorer models`: what there is, cards, downloads and one's own weights, in words and as JSON; bad input in one line."""

import json
from functools import partial

import pytest
import torch
from weights_server import weights_server

from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.vision.models import find_model


@pytest.fixture
def run(in_process):
    return partial(in_process, "models")


def test_without_a_command_those_that_can_be_used_now(run):
    status, out, err = run()
    assert (status, err) == (0, "") and out.splitlines()[0].split()[0] == "cifar10-residual-20" and "torchvision" not in out
    assert {row["kind"] for row in json.loads(run("--json")[1])} == {"shipped"}


def test_the_list_is_narrowed_by_words(run):
    rows = json.loads(run("list", "--json")[1])
    assert len(rows) > 120 and not next(row for row in rows if row["id"] == "torchvision/resnet50")["at_hand"]
    status, out, _ = run("list", "resnet50", "SWAG")
    assert status == 2 and out == ""
    _, out, _ = run("list", "torchvision", "Resnet-50")
    assert [line.split()[0] for line in out.splitlines()] == ["torchvision/resnet50", "torchvision/resnet50?weights=IMAGENET1K_V2"]
    assert "103 MB to download; error 23.87% top-1" in out


def test_a_card(run):
    status, out, _ = run("show", "akamaster/resnet20")
    lines = [line.strip() for line in out.splitlines()]
    assert status == 0 and lines[0] == "Residual-20 on CIFAR-10, akamaster · 1 MB to download"
    source = "replication: https://github.com/akamaster/pytorch_resnet_cifar10"
    assert f"error          8.27% on CIFAR-10's 10,000 test images ({source})" in lines
    assert "error          8.75% on CIFAR-10, 1 view (paper, other weights: He et al. 2015, table 6)" in lines
    told = json.loads(run("show", "torchvision/resnet50?weights=IMAGENET1K_V2", "--json")[1])
    assert told["preparation"]["shorter"] == 232 and told["network"] == "imagenet/bottleneck-50?stride=3x3" and len(told["classes"]) == 1000
    assert told["errors"][0]["kind"] == "torchvision" and told["download"]["url"].endswith("resnet50-11ad3fa6.pth")


def test_fetching_from_a_mirror(run, monkeypatch, shared_data):
    file = shared_data / "weights" / "resnet20-12fca82f.th"
    with weights_server(monkeypatch, **{file.name: file.read_bytes()}) as server:
        status, out, err = run("fetch", "akamaster/resnet20", "akamaster/resnet32", "akamaster/resnet20")
        assert status == 2 and out.startswith("akamaster/resnet20: 1.1 MB in ") and "answers 404" in err and len(err.splitlines()) == 1
        assert find_model("akamaster/resnet20").at_hand
        asked = len(server.asked)
        status, out, err = run("fetch", "akamaster/resnet20", "--json")
        assert (status, err, json.loads(out)[0]["downloaded"], len(server.asked)) == (0, "", False, asked)


def test_ones_own_weights_come_and_go(run, tmp_path):
    torch.save(build(parse_spec("cifar/basic-8?width=4")).state_dict(), tmp_path / "mine.pt")
    (tmp_path / "names.txt").write_text("\n".join(f"kind {i}" for i in range(10)))
    status, out, _ = run("add", tmp_path / "mine.pt", "--network", "cifar/basic-8?width=4", "--classes", tmp_path / "names.txt",
                         "--normalize", "imagenet")  # fmt: skip
    assert (status, out) == (0, "own/mine  mine: Residual-8, your own\n")
    assert json.loads(run("show", "own/mine", "--json")[1])["classes"][9] == "kind 9"
    assert run("remove", "own/mine")[:2] == (0, "own/mine removed\n") and run("remove", "own/mine")[0] == 2


@pytest.mark.parametrize("arguments, words", [
    (("show", "nothing"), "There is no model nothing"),
    (("show", "torchvision/resnet19"), "no classification model"),
    (("show", "akamaster/resnet21"), "use akamaster/resnet20"),
    (("show", "own/../../x"), "There is no model own/"),
    (("list", "coffee"), "no model is called coffee"),
    (("fetch", "torchvision/resnet18?weights=V7"), "use IMAGENET1K_V1"),
    (("add", "no/such.pt"), "there is no file no/such.pt"),
    (("--json", "list"), "--json comes last"),
    (("remove", "mnist-residual-20"), "no weights of your own"),
])  # fmt: skip
def test_bad_input_is_one_line(run, arguments, words):
    status, out, err = run(*arguments)
    assert status == 2 and out == "" and len(err.splitlines()) == 1 and words in err

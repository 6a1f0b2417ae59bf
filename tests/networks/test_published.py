"""The published results: torchvision's against its own metadata, the paper's by hand, every cost against the anatomy.

With --refresh, the costs and torchvision's rows of `assets/published.csv` are written anew from those two.
"""

import csv
import re
from dataclasses import asdict, astuple, fields, replace
from functools import cache
from math import isnan

import pytest
import torch

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.trace import trace
from explorer.networks.build import build
from explorer.networks.published import PUBLISHED, Result, read_published
from explorer.networks.spec import TorchvisionSpec, parse_spec
from explorer.networks.torchvision_models import torchvision
from explorer.networks.torchvision_names import TORCHVISION_NAMES

# torchvision's nets of the families that have a colour of their own.
FAMILIES = {"residual": r"(wide_)?resne[tx]+\d+.*", "vgg": r"vgg\d+.*"}


def published_weights():
    """(model, weights) of all that can classify: VGG's features alone have no accuracy."""
    for name in TORCHVISION_NAMES:
        for weights in torchvision().models.get_model_weights(name):
            if not isnan(weights.meta["_metrics"]["ImageNet-1K"]["acc@1"]):
                yield name, weights


@cache
def torchvision_results():
    return [result_of(name, weights) for name, weights in published_weights()]


def result_of(name, weights):
    accuracy = weights.meta["_metrics"]["ImageNet-1K"]
    preset = weights.transforms()
    (crop,), (resized,) = preset.crop_size, preset.resize_size
    anatomy = anatomy_at(name, crop)
    family = next((family for family, names in FAMILIES.items() if re.fullmatch(names, name)), "torchvision")
    note = "pre-trained on other pictures (SWAG)" if "SWAG" in weights.name else ""
    return Result("ImageNet", f"torchvision/{name}", name, family, "torchvision", f"torchvision {weights.name}",
                  f"1 crop, resized to {resized}", crop, round(100 - accuracy["acc@1"], 3), round(100 - accuracy["acc@5"], 3),
                  anatomy.params, anatomy.macs, note)


def anatomy_at(name, side):
    """The anatomy for the size of image that the weights were measured with."""
    spec = TorchvisionSpec(name)
    if side == spec.input:
        return anatomy_of(spec)
    if name.startswith("vit"):  # it has a learned vector for each place of the image
        with torch.device("meta"):
            return trace(torchvision().models.get_model(name, weights=None, image_size=side), (3, side, side))
    return trace(build(spec, meta=True), (3, side, side))


def with_costs(result):
    if not result.network or result.kind == "torchvision":
        return result
    anatomy = anatomy_of(parse_spec(result.network))
    return replace(result, params=anatomy.params, macs=anatomy.macs)


@pytest.fixture(scope="module")
def published(request):
    if request.config.getoption("--refresh"):
        results = [with_costs(result) for result in read_published() if result.kind != "torchvision"] + torchvision_results()
        with PUBLISHED.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(field.name for field in fields(Result))
            writer.writerows(map(astuple, results))
    return read_published()


def test_torchvisions_rows_are_its_metadata_and_our_costs(published):
    assert [asdict(one) for one in published if one.kind == "torchvision"] == [asdict(one) for one in torchvision_results()]


def test_torchvisions_own_costs_agree(published):
    """Its metadata has parameters, and MACs in units of 10^9; those of the two with classifiers for training only differ.

    Its MACs of Swin v2 include the tables of relative positions, which do not depend on the image.
    """
    rows = {(one.network, one.source): one for one in published}
    for name, weights in published_weights():
        row = rows[f"torchvision/{name}", f"torchvision {weights.name}"]
        assert row.macs / 1e9 == pytest.approx(weights.meta["_ops"], abs=0.05 if name.startswith("swin_v2") else 0.001), name
        if name not in ("googlenet", "inception_v3"):
            assert row.params == weights.meta["num_params"], name


def test_the_papers_costs_are_those_of_our_networks(published):
    ours = [one for one in published if one.network and one.kind != "torchvision"]
    assert len(ours) == 31
    for result in ours:
        spec = parse_spec(result.network)
        assert result.network == spec.text and result.family == spec.family and result.input == spec.input
        assert result == with_costs(result)


PAPER = {
    # 1512.03385, table 3 (its plain-34 and ResNet-34 A are table 2's), 10-crop testing: top-1, top-5
    ("He et al. 2015, table 3", "10 crops"): {
        "Plain-34": (28.54, 10.02), "ResNet-34 A": (25.03, 7.76), "ResNet-34 B": (24.52, 7.46), "ResNet-34 C": (24.19, 7.40),
        "ResNet-50": (22.85, 6.71), "ResNet-101": (21.75, 6.05), "ResNet-152": (21.43, 5.71), "VGG-16": (28.07, 9.33)},
    ("He et al. 2015, table 2", "10 crops"): {"Plain-18": (27.94, None), "ResNet-18 A": (27.88, None)},
    ("He et al. 2015, table 4", "5 scales"): {
        "ResNet-34 B": (21.84, 5.71), "ResNet-34 C": (21.53, 5.60), "ResNet-50": (20.74, 5.25), "ResNet-101": (19.87, 4.60),
        "ResNet-152": (19.38, 4.49)},
    ("He et al. 2015, table 6", "1 view"): {
        "Residual-20": (8.75, None), "Residual-32": (7.51, None), "Residual-44": (7.17, None), "Residual-56": (6.97, None),
        "Residual-110": (6.43, None), "Residual-1202": (7.93, None), "Maxout": (9.38, None), "NIN": (8.81, None),
        "DSN": (8.22, None), "FitNet-19": (8.39, None), "Highway-19": (7.54, None), "Highway-32": (8.80, None)},
    # 1603.05027: original and pre-activation
    ("He et al. 2016, pre-activation", "1 view"): {
        "Residual-110": (6.61, None), "Residual-164 (bottleneck)": (5.93, None), "Residual-1001 (bottleneck)": (7.61, None),
        "Pre-activation-110": (6.37, None), "Pre-activation-164 (bottleneck)": (5.46, None),
        "Pre-activation-1001 (bottleneck)": (4.92, None)},
}


def test_the_papers_errors_are_the_papers(published):
    found = {}
    for result in published:
        if result.kind == "paper":
            found.setdefault((result.source, result.protocol), {})[result.name] = (result.top1, result.top5)
    assert found == PAPER


def test_replications_are_marked_as_such(published):
    """The paper has no numbers for plain nets on CIFAR-10 (figure 6 is a drawing)."""
    plain = {one.name: (one.top1, one.kind) for one in published if one.dataset == "CIFAR-10" and one.family == "plain"}
    assert plain == {f"Plain-{depth}": (error, "replication") for depth, error in ((20, 10.08), (32, 11.15), (44, 14.12), (56, 15.39))}


def test_every_row_says_its_source_and_data(published):
    assert {one.dataset for one in published} == {"ImageNet", "CIFAR-10"}
    assert {one.kind for one in published} == {"paper", "replication", "torchvision"}
    assert all(one.source and one.protocol and 0 < one.top1 < 100 for one in published)
    assert {one.name for one in published if one.params is None} == {"Maxout", "NIN", "DSN"}
    assert {name for name in TORCHVISION_NAMES} == {one.name for one in published if one.kind == "torchvision"}

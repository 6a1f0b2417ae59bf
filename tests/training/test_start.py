import pytest

from explorer.data.datasets import DataError, DatasetInfo, describe
from explorer.errors import BadInput
from explorer.networks.known_data import CIFAR10_CLASSES
from explorer.networks.spec import parse_spec
from explorer.runs.errors import RunError
from explorer.runs.folder import list_runs
from explorer.training.presets import PRESETS
from explorer.training.recipe import Recipe
from explorer.training.start import Planned, check_fit, fitted, restart, resume_run, start, start_runs

CIFAR10 = DatasetInfo("cifar10", "CIFAR-10", CIFAR10_CLASSES, 3, 32, 50_000, 10_000, True, "")


class Notebook:
    """A launcher that only notes what it is given."""

    def __init__(self):
        self.submitted = []

    def submit(self, run):
        self.submitted.append(run)


def test_the_degradation_preset_starts_four_runs_of_one_group_the_deepest_first():
    preset, launcher = PRESETS["degradation"], Notebook()
    runs = start_runs(preset.networks, preset.recipe, 7, launcher)
    assert [run.config.network for run in runs] == [
        "cifar/plain-56?width=8&channels=1", "cifar/basic-56?width=8&channels=1",
        "cifar/plain-20?width=8&channels=1", "cifar/basic-20?width=8&channels=1"]
    assert launcher.submitted == runs and {run.id for run in list_runs()} == {run.id for run in runs}
    assert {run.config.group for run in runs} == {runs[0].config.group} != {""}
    assert {run.config.seed for run in runs} == {7}
    assert runs[0].config.recipe == preset.recipe.model_dump()
    assert runs[0].config.data == {"title": "MNIST-5k", "classes": list("0123456789"), "train": 4000, "val": 1000}


@pytest.mark.parametrize(
    ("networks", "changes", "sentence"),
    [
        ([], {}, "Choose at least one network"),
        (["cifar/basic-20", "cifar/basic-21"], {}, "21"),
        (["cifar/basic-20?classes=2"], {}, "MNIST-5k has 10 classes, and .* does not: train cifar/basic-20"),
        (["imagenet/basic-18"], {}, "10 classes, and.*train imagenet/basic-18.input=32&channels=1&classes=10"),
        (["torchvision/resnet18"], {}, "train one of this project's networks"),
        (["cifar/basic-20"], {"dataset": "nowhere"}, "There is no data set 'nowhere'"),
        (["cifar/basic-20"], {"dataset": "cifar10"}, "CIFAR-10 is not on this machine yet: download it on the Train page"),
        (["cifar/basic-20"], {"batch": 4001}, "A batch of 4001 is more than the 4000 training images"),
    ],
)
def test_what_does_not_fit_is_refused_before_any_folder_is_made(networks, changes, sentence):
    launcher = Notebook()
    with pytest.raises(BadInput, match=sentence):
        start_runs(networks, Recipe(**changes), 0, launcher)
    assert list_runs() == [] and launcher.submitted == []


@pytest.mark.parametrize("seed", [-1, 2**32, 0.5, "0"])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(BadInput, match="A seed is a whole number from 0"):
        start_runs(["cifar/basic-20"], Recipe(), seed, Notebook())


def test_grey_digits_fit_colour_networks_and_colour_pictures_do_not_fit_grey_ones():
    digits = describe("mnist-5k")
    assert check_fit(parse_spec("cifar/basic-20"), digits).channels == 3
    assert check_fit(parse_spec("cifar/basic-20?channels=1"), digits).channels == 1
    with pytest.raises(DataError, match="CIFAR-10 has 3 channels, and cifar/basic-20.channels=1 does not: train cifar/basic-20"):
        check_fit(parse_spec("cifar/basic-20?channels=1"), CIFAR10)


def test_pictures_of_any_size_fit_any_input():
    for text in ("cifar/basic-20?input=48", "imagenet/basic-18?input=64&classes=10"):
        assert check_fit(parse_spec(text), CIFAR10).text == text


def test_a_network_is_fitted_to_a_data_set():
    spec = fitted(parse_spec("imagenet/bottleneck-50?stride=3x3"), CIFAR10)
    assert (spec.classes, spec.input, spec.channels, spec.stride) == (10, 32, 3, "3x3")
    assert check_fit(spec, CIFAR10) == spec


def test_pictures_of_a_folder_fit_any_input(tiny_folder):
    info = describe(str(tiny_folder))
    assert check_fit(parse_spec("imagenet/basic-18?input=64&classes=2"), info)
    assert fitted(parse_spec("imagenet/basic-18"), info).text == "imagenet/basic-18?classes=2"


def test_resume_submits_the_run_again():
    launcher = Notebook()
    (run,) = start_runs(["cifar/basic-20"], Recipe(), 0, launcher)
    resume_run(run, launcher)
    assert launcher.submitted == [run, run]


class Failing(Notebook):
    """A launcher that takes some runs and then cannot take any more."""

    def __init__(self, room):
        super().__init__()
        self.room = room

    def submit(self, run):
        if len(self.submitted) == self.room:
            raise RunError(f"No process could be started for {run.id}: out of them.")
        super().submit(run)


@pytest.mark.parametrize("room", [0, 1, 2])
def test_a_launch_that_fails_midway_leaves_only_the_runs_that_are_going(room):
    launcher = Failing(room)
    with pytest.raises(RunError, match="No process could be started") as raised:
        start_runs(["cifar/basic-20", "cifar/basic-32", "cifar/basic-44"], Recipe(), 0, launcher)
    assert {run.id for run in list_runs()} == {run.id for run in launcher.submitted}
    assert all(run.id in str(raised.value) for run in launcher.submitted)
    assert ("going" in str(raised.value)) == (room > 0)


def test_the_path_of_a_data_set_is_written_so_that_any_process_finds_it(tiny_folder, monkeypatch):
    monkeypatch.chdir(tiny_folder.parent)
    (run,) = start_runs(["cifar/basic-8?input=8&classes=2"], Recipe(dataset=f"./{tiny_folder.name}"), 0, Notebook())
    assert run.config.recipe["dataset"] == str(tiny_folder.resolve())


def test_runs_of_several_presets_start_again_all_or_with_the_names_of_those_that_are_going():
    planned = [Planned("cifar/basic-20", Recipe()), Planned("cifar/basic-32", Recipe())]
    old = [run for preset in ("degradation", "depth") for run in start(planned, preset=preset, launcher=Notebook())]
    again = restart(old, Notebook())
    assert [(run.config.preset, run.config.network) for run in again] == [(run.config.preset, run.config.network) for run in old]
    assert len({run.config.group for run in again}) == 2
    launcher, before = Failing(3), len(list_runs())
    with pytest.raises(RunError, match="No process could be started") as raised:
        restart(old, launcher)
    assert len(list_runs()) == before + 3 and all(run.id in str(raised.value) for run in launcher.submitted)


def test_a_data_set_is_looked_at_once_for_all_its_runs(monkeypatch):
    asked = []
    monkeypatch.setattr("explorer.training.start.describe", lambda name: asked.append(name) or describe(name))
    start_runs(["cifar/basic-20", "cifar/basic-32", "cifar/basic-44"], Recipe(), 0, Notebook())
    assert asked == ["mnist-5k"]

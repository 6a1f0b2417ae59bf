"""Choosing what to train in a real browser: questions, every kind of data, recipes, bad input, and links."""

import io
import zipfile
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from patience import PATIENCE, wait_until
from PIL import Image
from playwright.sync_api import expect

from explorer.runs.folder import list_runs, open_run
from explorer.runs.status import read_status
from explorer.training.presets import PRESETS
from explorer.training.recipe import Recipe
from explorer.ui.train.state import own_address

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("runs_of_the_app")]

CLASSES = ("cat", "dog", "owl")


@pytest.fixture
def own(page, app_url):
    """`own(networks="…")`: the form of an own choice, at rest."""

    def own(**query):
        page.goto(f"{app_url}/train?{urlencode({'preset': 'own'} | query)}")
        at_rest(page)
        return page

    return own


def at_rest(page):
    page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()


def asked(page):
    """The parameters of the page's address."""
    address = page.evaluate("location.href")  # page.url would not change while this process waits by itself
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def wait_for_address(page, **wanted):
    """Until the address says this; None stands for a parameter that it has not."""
    wait_until(lambda: all(asked(page).get(name) == value for name, value in wanted.items()))


def put(page, label, value):
    box = page.get_by_label(label, exact=True)
    box.fill(str(value))
    box.press("Enter")


def choose(page, label, option):
    box = page.get_by_label(label, exact=True)
    box.scroll_into_view_if_needed()
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")  # scrolling closes an open list
    box.click()
    page.get_by_role("option", name=option, exact=True).click()


def press(page, option):
    """An option of a row of buttons, or of pills."""
    page.get_by_role("radio", name=option, exact=True).click()


def started(page):
    """The runs that the page goes on to watch."""
    page.wait_for_url(lambda url: "runs=" in url, timeout=PATIENCE)
    return [open_run(run_id) for run_id in asked(page)["runs"].split(",")]


def learning_rates(page):
    plot = page.locator("figure.explorer-chart", has=page.locator("strong:text-is('Learning rate')")).locator(".explorer-chart-plot")
    plot.locator(".main-svg").first.wait_for()
    return plot.evaluate("plot => [...plot.data[0].y]")


def zipped_pictures():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for kind, name in enumerate(CLASSES):
            for index in range(40):
                picture = io.BytesIO()
                Image.new("RGB", (40, 30), (6 * index, 80 * kind, 120)).save(picture, "PNG")
                archive.writestr(f"{name}/{index}.png", picture.getvalue())
        archive.writestr("cat/notes.txt", "not a picture")
        archive.writestr("../outside.png", "leads out of the zip")
    return content.getvalue()


def test_a_question_is_chosen_and_started(page, app_url):
    page.goto(f"{app_url}/train")
    at_rest(page)
    page.get_by_text(PRESETS["gates"].short, exact=True).click()
    expect(page.get_by_text(PRESETS["gates"].paper[:60])).to_be_visible()
    wait_for_address(page, preset="gates")
    press(page, "2")
    wait_for_address(page, seeds="2")
    page.get_by_role("button", name="Train these 8 networks").click()
    runs = started(page)
    assert [(run.config.network, run.config.seed) for run in runs] == [
        (arm.network, seed) for seed in (0, 1) for arm in PRESETS["gates"].arms
    ]
    assert {run.config.preset for run in runs} == {"gates"}
    page.get_by_role("button", name="Stop all").wait_for()


def test_shapes_of_a_chosen_difficulty_are_looked_at_and_trained_on(own):
    page = own(networks="cifar/plain-8?width=8", epochs="500")
    press(page, "Shapes")
    wait_for_address(page, dataset="shapes", networks="cifar/plain-8?width=8&classes=8")
    at_rest(page)
    slider = page.get_by_role("slider")
    slider.press("ArrowRight")
    wait_for_address(page, dataset="shapes?difficulty=0.55")
    page.get_by_text("Look at the data", exact=True).click()
    expect(page.get_by_role("img", name="star").first).to_be_visible(timeout=PATIENCE)
    page.locator("figure.explorer-chart", has=page.locator("strong:text-is('Class balance')")).wait_for()
    page.get_by_role("button", name="Start 1 training").click()
    (run,) = started(page)
    assert run.config.recipe["dataset"] == "shapes?difficulty=0.55"
    wait_until(lambda: (read_status(run).step or 0) > 0)


def test_an_uploaded_zip_is_kept_reported_on_and_trained_on(own):
    page = own(networks="cifar/basic-8?width=8", batch="16", epochs="500")
    press(page, "My own pictures")
    page.locator("input[type=file]").set_input_files(
        [{"name": "my pets.zip", "mimeType": "application/zip", "buffer": zipped_pictures()}]
    )
    wait_until(lambda: asked(page).get("dataset", "").endswith(".zip"))
    wait_for_address(page, networks="cifar/basic-8?width=8&classes=3")
    report = page.get_by_text("120 pictures in 3 classes are used; 2 files were skipped")
    report.click()
    expect(page.get_by_text("1: ").first).to_be_visible()
    page.get_by_role("button", name="Start 1 training").click()
    (run,) = started(page)
    assert run.config.data["classes"] == list(CLASSES)
    wait_until(lambda: (read_status(run).step or 0) > 0)


def test_a_zip_that_is_none_is_refused_in_words_and_the_next_is_taken(own):
    before, page = list_runs(), own(dataset="my-pictures")
    page.locator("input[type=file]").set_input_files([{"name": "broken.zip", "mimeType": "application/zip", "buffer": b"no zip at all"}])
    expect(page.get_by_text("broken.zip is neither a folder nor a readable zip")).to_be_visible()
    page.get_by_role("button", name="Start 2 trainings").click()
    expect(page.get_by_text("Nothing was started")).to_be_visible()
    page.locator("input[type=file]").set_input_files(
        [{"name": "pets.zip", "mimeType": "application/zip", "buffer": zipped_pictures()}]
    )
    wait_until(lambda: asked(page).get("dataset", "").endswith(".zip"))
    expect(page.get_by_text("broken.zip is neither")).to_have_count(0)
    assert len(list_runs()) == len(before)


def test_a_folder_is_given_by_its_path(own, tmp_path):
    with zipfile.ZipFile(io.BytesIO(zipped_pictures())) as archive:
        archive.extractall(tmp_path / "pets")
    page = own(dataset="my-pictures", networks="cifar/basic-8?width=8")
    put(page, "Folder or zip file on this machine", tmp_path / "pets")
    wait_for_address(page, dataset=str(tmp_path / "pets"), networks="cifar/basic-8?width=8&classes=3")


def test_the_curve_of_the_learning_rate_follows_the_recipe(own):
    page = own()
    assert max(learning_rates(page)) == 0.05 and learning_rates(page)[-1] < 0.001
    choose(page, "Schedule", "Constant")
    wait_for_address(page, schedule="constant")
    wait_until(lambda: learning_rates(page)[-1] == 0.05)
    put(page, "Peak learning rate", 0.2)
    wait_until(lambda: learning_rates(page)[-1] == 0.2)
    choose(page, "Recipe to start from", "The paper's for CIFAR-10")
    wait_for_address(page, schedule="steps", steps="64000", lr="0.1")
    wait_until(lambda: sorted(set(learning_rates(page))) == [0.001, 0.01, 0.1])
    expect(page.get_by_text("64,000 steps of 128 pictures")).to_be_visible()


def test_bad_numbers_are_refused_beside_their_control_and_kept(own):
    before, page = list_runs(), own()
    put(page, "Peak learning rate", -1)
    expect(page.get_by_text("lr must be a number above 0, up to 100, not -1")).to_be_visible()
    put(page, "Pictures a batch", 5000)
    expect(page.get_by_text("more than the 4,000 training pictures")).to_be_visible()
    page.get_by_role("button", name="Start 2 trainings").click()
    expect(page.get_by_text("Nothing was started")).to_be_visible()
    expect(page.get_by_label("Peak learning rate", exact=True)).to_have_value("-1")
    assert len(list_runs()) == len(before)
    put(page, "Peak learning rate", 0.1)
    put(page, "Pictures a batch", 32)
    wait_for_address(page, lr="0.1", batch="32")
    expect(page.get_by_text("must be")).to_have_count(0)


def test_a_network_is_built_and_added(own):
    page = own(networks="cifar/plain-20?width=8")
    page.get_by_role("button", name="Build one").click()
    page.get_by_role("button", name="Add this network").click()
    wait_for_address(page, networks="cifar/plain-20?width=8,cifar/basic-20?width=8")


def test_a_link_and_the_browsers_back_restore_the_form(own):
    recipe = Recipe(steps=700, lr=0.2, clip=2.5, schedule="steps", weight_decay=3e-4)
    page = own(**own_address(["cifar/highway-20?width=8&dropout=0.3"], recipe, seed=3, seeds=2))
    expect(page.get_by_label("Peak learning rate", exact=True)).to_have_value("0.2")
    expect(page.get_by_label("First seed", exact=True)).to_have_value("3")
    expect(page.get_by_role("button", name="Start 2 trainings")).to_be_visible()
    put(page, "Peak learning rate", 0.4)
    wait_for_address(page, lr="0.4")
    at_rest(page)
    page.reload()
    expect(page.get_by_label("Peak learning rate", exact=True)).to_have_value("0.4")
    expect(page.get_by_label("Steps", exact=True)).to_have_value("700")
    page.go_back()
    expect(page.get_by_label("Peak learning rate", exact=True)).to_have_value("0.2")


def test_what_will_happen_stays_in_sight_beside_a_long_choice(own):
    page = own(weight_decay="2")  # what is wrong under "More" opens it
    page.get_by_label("Device", exact=True).scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Start 2 trainings")).to_be_in_viewport()


def test_more_stays_open_while_it_is_changed(own):
    page = own()
    page.get_by_text("More", exact=True).click()
    put(page, "Label smoothing", 0.1)
    wait_for_address(page, label_smoothing="0.1")
    at_rest(page)
    expect(page.get_by_text("Changed under More: label smoothing.")).to_be_visible()
    expect(page.get_by_label("Label smoothing", exact=True)).to_be_visible()


@pytest.mark.parametrize("label, name, value", [("Peak learning rate", "lr", 0.2), ("Pictures a batch", "batch", 32), ("First seed", "", 5)])
def test_what_was_typed_counts_when_start_follows_at_once(own, label, name, value):
    page = own(networks="cifar/plain-8?width=8")
    page.get_by_label(label, exact=True).fill(str(value))
    page.get_by_role("button", name="Start 1 training").click()
    (run,) = started(page)
    assert (run.config.recipe[name] if name else run.config.seed) == value

"""Colouring the drawing in a real browser: gradients on the spot, a run while it goes on, and one's own numbers."""

import re

import pytest
from playwright.sync_api import expect

from explorer.runs.folder import create
from explorer.runs.trash import delete
from explorer.runs.writer import RunWriter

pytestmark = pytest.mark.browser

NETWORK = "cifar/basic-8?width=4"
NAMES = ["conv1", "layer1.0.conv1", "fc"]
FILL = "one => getComputedStyle(one.querySelector('rect')).fill"


@pytest.fixture
def open_page(page, app_url):
    def open_page(query=""):
        page.goto(f"{app_url}/architecture?network=cifar/basic-8%3Fwidth%3D4{query}")
        expect(item(page, "conv1")).to_be_attached()
        return page

    return open_page


@pytest.fixture
def run(app, monkeypatch):
    """A run of the network in progress, of which this process is the worker."""
    monkeypatch.setenv("EXPLORER_HOME", str(app.home))
    run = create(NETWORK, {"epochs": 1, "dataset": "mnist-5k"}, 0)
    writer = RunWriter(run.folder)
    writer.status(state="running")
    writer.layers({"layers": NAMES, "kinds": ["conv", "conv", "linear"]})
    write(run, 0, [1.0, 1.0, 1.0])
    yield run
    writer.status(state="stopped")
    delete(run)


def write(run, step, norms):
    RunWriter(run.folder).layers({"step": step, "grad_norm": norms, "update_ratio": [0.01, 0.02, 0.03]})


def item(page, layer):
    return page.locator(f'[id="layer:{layer}"]')


def fill(page, layer):
    return item(page, layer).evaluate(FILL)


def choose(page, label):
    page.get_by_label("Colour by").select_option(label=label)


def wait_for_query(page, **values):
    for name, value in values.items():
        page.wait_for_function("([name, value]) => new URLSearchParams(location.search).get(name) === value", arg=[name, value])


def wait_for_other(page, layer, before):
    """Until the layer has another colour than this; what it is then."""
    page.wait_for_function(
        f"""([id, before]) => [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
            .map((part) => part.shadowRoot?.getElementById(id)).some((one) => one && ({FILL})(one) !== before)""",
        arg=[f"layer:{layer}", before],
    )  # fmt: skip
    return fill(page, layer)


def test_gradients_at_initialisation_are_measured_and_drawn(open_page):
    page = open_page()
    before = fill(page, "conv1")
    choose(page, "Gradient norm at initialisation")
    wait_for_query(page, colour="initial_gradient")
    expect(page.get_by_text("one batch of 64 handwritten digits at 32 pixels")).to_be_visible()
    wait_for_other(page, "conv1", before)
    assert fill(page, "conv1") != fill(page, "fc")


def test_a_run_in_progress_is_followed_and_its_steps_are_in_the_address(open_page, run):
    page = open_page("&colour=run")
    expect(page.get_by_text("Norms of 1 steps so far")).to_be_visible()
    first = fill(page, "fc")
    write(run, 10, [1.0, 1.0, 1000.0])
    expect(page.get_by_text("Norms of 2 steps so far")).to_be_visible()
    second = wait_for_other(page, "fc", first)
    scrubber = page.get_by_role("slider")
    expect(scrubber).to_have_attribute("aria-valuetext", "step 10")
    scrubber.press("ArrowLeft")
    wait_for_query(page, step="0")
    third = wait_for_other(page, "fc", second)
    assert third == fill(page, "conv1")  # both 1 at the beginning
    page.get_by_role("radio", name="Update / weight").click()
    wait_for_query(page, quantity="update_ratio", step="0")
    wait_for_other(page, "fc", third)


def test_a_file_colours_the_drawing_and_one_that_does_not_fit_says_why(open_page):
    page = open_page("&colour=own")
    before = fill(page, "conv1")

    def upload(text):
        page.locator("input[type=file]").set_input_files({"name": "own.csv", "mimeType": "text/csv", "buffer": text.encode()})

    upload("layer,latency [ms]\nmodule.conv1,1\nfc,9\n")
    expect(page.get_by_text("stays in this session only")).to_be_visible()
    after = wait_for_other(page, "conv1", before)
    assert after != fill(page, "fc")
    page.get_by_role("button", name="Another file").click()
    assert wait_for_other(page, "conv1", after) == before  # without a file no colours of one
    upload("layer,latency [ms]\nconv_1,1\nfc,9\n")
    expect(page.get_by_text("conv_1 (did you mean conv1?)")).to_be_visible()


def test_the_example_can_be_downloaded_and_laid_over(open_page, tmp_path):
    page = open_page("&colour=own")
    before = fill(page, "conv1")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("Example .*CSV")).click()
    download.value.save_as(tmp_path / "example.csv")
    page.locator("input[type=file]").set_input_files(tmp_path / "example.csv")
    wait_for_other(page, "conv1", before)
    page.get_by_role("combobox", name="Column").click()
    page.get_by_role("option", name="result").click()
    wait_for_query(page, quantity="result")

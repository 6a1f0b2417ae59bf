"""Models on the Classify page in a real browser: a download from a local server, cancelled and gone on with; one's own weights."""

import re
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from patience import PATIENCE
from playwright.sync_api import expect
from running_app import App

from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.networks.weights import save_weights
from explorer.vision.model import MIRROR_VARIABLE

pytestmark = pytest.mark.browser

READY, FETCHED, FILE = "cifar10-plain-20", "akamaster/resnet20", "resnet20-12fca82f.th"


class Mirror(BaseHTTPRequestHandler):
    """Sends the file or its rest; past the server's `gate` only once that is opened."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        content = self.server.content
        begin = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        self.server.asked.append(begin)
        self.send_response(206 if begin else 200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(content) - begin))
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        with suppress(OSError):  # the download was cancelled
            held = max(begin, len(content) // 2)
            self.wfile.write(content[begin:held])
            self.wfile.flush()
            self.server.gate.wait(60)
            self.wfile.write(content[held:])

    def log_message(self, *args):
        pass


@pytest.fixture
def mirror(shared_data):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.daemon_threads = True
    server.content, server.asked, server.gate = (shared_data / "weights" / FILE).read_bytes(), [], threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.gate.set()
    server.shutdown()


@pytest.fixture
def app_with_mirror(mirror, tmp_path, monkeypatch):
    monkeypatch.setenv(MIRROR_VARIABLE, f"http://127.0.0.1:{mirror.server_port}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    app = App(tmp_path / "home").start()
    yield app
    app.stop()


def test_a_download_is_cancelled_gone_on_with_and_shared_while_the_other_model_answers(patient, browser, app_with_mirror, mirror):
    page, address = patient, f"{app_with_mirror.url}/classify?model={READY},{FETCHED}&sample=frog"
    page.goto(address)
    expect(answers(page)).to_have_count(1)
    page.get_by_role("button", name="Download", exact=True).click()
    expect(page.get_by_text(re.compile("Downloading, .* kB of"))).to_be_visible()
    expect(answers(page)).to_have_count(1)
    # Another session sees it, and cancels it for all: half of it has come.
    other = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    other.set_default_timeout(PATIENCE)
    other.goto(address)
    other.get_by_role("button", name="Cancel").click()
    for one in (page, other):
        expect(one.get_by_text(re.compile("have come"))).to_be_visible()
    mirror.gate.set()
    page.get_by_role("button", name="Go on").click()
    # Both sessions show what it answers, and nothing to download any more.
    for one in (page, other):
        expect(answers(one)).to_have_count(2, timeout=PATIENCE)
        expect(one.get_by_role("button", name="Go on")).to_have_count(0)
    assert mirror.asked[0] == 0 and len(mirror.asked) == 2 and 0 < mirror.asked[1] < len(mirror.content), mirror.asked
    other.context.close()


def test_own_weights_are_brought_used_and_deleted(patient, app_url, tmp_path):
    page, file = patient, tmp_path / "my net.safetensors"
    save_weights(build(parse_spec("cifar/basic-8?width=4"), 0), file, {})
    page.goto(f"{app_url}/classify?model={READY}")
    expect(answers(page)).to_have_count(1, timeout=PATIENCE)
    page.get_by_role("button", name="Own weights").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(file)
    expect(dialog.get_by_text("my net.safetensors")).to_be_visible()
    # What it is for is seen at its tensors; another network is refused.
    network, text = dialog.get_by_role("textbox", name="Network"), "cifar/basic-8?width=4"
    expect(network).to_have_value(text)
    network.fill("cifar/basic-20")
    network.press("Enter")
    expect(dialog.get_by_role("radio", name="20", exact=True)).to_be_checked()
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("the weights of another network")
    network.fill(text)
    network.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_count(0)
    dialog.get_by_role("button", name="Add it").click()
    page.wait_for_url(re.compile("model=own(/|%2F)my-net(,|%2C)"))
    expect(dialog).to_have_count(0)
    expect(answers(page)).to_have_count(2)
    expect(page.get_by_text("my-net: ").first).to_be_visible()
    page.get_by_role("button", name="Own weights").click()
    dialog.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete own/my-net for good").click()
    expect(dialog.get_by_text("Brought before")).to_have_count(0)
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("alert").filter(has_text="own/my-net")).to_be_visible()


def answers(page):
    """What each model says is in the picture."""
    return page.get_by_role("heading", level=3)

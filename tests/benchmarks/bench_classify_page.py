"""From an upload to its answer on screen: a CIFAR net, and a ResNet-50 that was brought in as a file, on photographs of two sizes.

Prints seconds on this machine (target: 1 s for the CIFAR net, 2.5 s for ResNet-50, with the model loaded; the second picture faster)
and the ratio to the reference of the same run: the same file decoded, prepared and answered by the same network in this process,
on one thread; and the server's processor seconds for a picture, which other work beside it does not change. On screen is the
answer once every element of the page is: headline, bars, what the network got to see, the times. Files are taken from the disk, as the
browser takes a person's: handed over as bytes, a large one spends some tenths of a second on its way from this process to the browser.
"""

import io
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import psutil
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from chromium import find_chromium  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402
from running_app import CHROMIUM_FLAGS, App  # noqa: E402

from explorer.machine.device import use_one_thread  # noqa: E402
from explorer.machine.folders import models_folder  # noqa: E402
from explorer.networks.build import build  # noqa: E402
from explorer.networks.spec import parse_spec  # noqa: E402
from explorer.networks.weights import save_weights  # noqa: E402
from explorer.vision.classify import classify  # noqa: E402
from explorer.vision.models import open_model  # noqa: E402
from explorer.vision.picture import open_picture  # noqa: E402

PICTURES = int(os.environ.get("PICTURES", 6))  # of each size, the first of which is told apart
SIZES = {"0.2 megapixels": (500, 375), "12 megapixels": (4000, 3000)}
RESNET = "imagenet/bottleneck-50"
MODELS = {"ResNet-20 of CIFAR-10": ("cifar10-residual-20", 1.0), "ResNet-50 (random weights)": ("own/resnet50", 2.5)}


def main() -> None:
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        os.environ["EXPLORER_HOME"] = home
        bring_in()
        use_one_thread()
        app = App(Path(home)).start()
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        try:
            for title, (model, target) in MODELS.items():
                measure(browser, app, title, model, target)
        finally:
            browser.close()
            app.stop()


def bring_in() -> None:
    """A ResNet-50 with its first weights, as a weights file of one's own."""
    models_folder().mkdir(parents=True)
    save_weights(build(parse_spec(RESNET)), models_folder() / "resnet50.safetensors", {"network": RESNET})


def measure(browser, app: App, title: str, model: str, target: float) -> None:
    loaded, server = open_model(model), psutil.Process(app.process.pid)
    page = browser.new_page(viewport={"width": 1280, "height": 2200})
    page.set_default_timeout(120_000)
    page.goto(f"{app.url}/classify?model={model}&source=upload")
    answered(page, "")
    classify(loaded, open_picture(photograph(0, (500, 375))))  # the first pass of a process takes longer
    for size, (width, height) in SIZES.items():
        files = [photograph(seed, (width, height)) for seed in range(1, PICTURES + 1)]
        alone = median(seconds_alone(loaded, file) for file in files)
        before = processor_seconds(server)
        times = [seconds_on_screen(page, file, Path(os.environ["EXPLORER_HOME"], f"{size} {seed}.jpg")) for seed, file in enumerate(files)]
        busy = (processor_seconds(server) - before) / len(files)
        first, later = times[0], median(times[1:])
        spread = f"median of {len(times) - 1}; {min(times[1:]):.2f} to {max(times[1:]):.2f}"
        print(f"{title}, {size}: first {first:.2f} s, later {later:.2f} s ({spread}), target {target} s; "
              f"{later / alone:.1f} x decoding, preparing and answering alone ({alone:.3f} s); "
              f"the server computes for {busy:.2f} s", flush=True)  # fmt: skip
    page.close()


def photograph(seed: int, size: tuple[int, int]) -> bytes:
    """A JPEG with detail at several scales, as cameras write it."""
    random, image = np.random.default_rng(seed), np.zeros((size[1], size[0], 3), np.float32)
    for side in (4, 16, 64, 256):
        rough = random.normal(0, 40, (side * 3 // 4, side, 3)).astype(np.float32)
        image += np.stack([np.asarray(Image.fromarray(rough[..., i]).resize(size, Image.Resampling.BICUBIC)) for i in range(3)], -1)
    file = io.BytesIO()
    Image.fromarray((image + 128).clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=90)
    return file.getvalue()


def processor_seconds(process: psutil.Process) -> float:
    """So far: what other work on the machine does not change."""
    times = process.cpu_times()
    return times.user + times.system


def seconds_alone(loaded, file: bytes) -> float:
    began = time.perf_counter()
    classify(loaded, open_picture(file))
    return time.perf_counter() - began


def seconds_on_screen(page: Page, file: bytes, path: Path) -> float:
    path.write_bytes(file)
    before = crop(page)
    began = time.perf_counter()
    page.locator("input[type=file]").first.set_input_files(path)
    answered(page, before)
    return time.perf_counter() - began


def answered(page: Page, before: str) -> None:
    """Wait for another crop than `before`, and for the page to be at rest, all of it drawn."""
    while crop(page) in ("", before):
        time.sleep(0.01)
    page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()
    page.locator(".explorer-chart .bars .point").first.wait_for()
    assert crop(page) != before


def crop(page: Page) -> str:
    """The picture that the network got, as its address; "" while there is none."""
    shown = page.get_by_role("list", name="What the network gets").locator("img")
    return (shown.first.get_attribute("src") or "")[-200:] if shown.count() else ""


if __name__ == "__main__":
    main()

"""What the answer after every block costs, in forward passes of the same picture; linear read-outs, in passes of the same pictures;
and how soon a drawn digit is answered, in Chromium.

Passes by processor seconds on one thread, so that other work on the machine counts for neither; the drawing by the clock.
"""

import statistics
import sys
import time
from pathlib import Path

import torch

from explorer.data.images import Normalise, load
from explorer.lab.readouts import JUDGED, probes_of
from explorer.machine.device import use_one_thread
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.vision.explain.readout import logits_by_depth
from explorer.vision.models import open_model

sys.path.append(str(Path(__file__).resolve().parents[1] / "browser"))
from running_app import app_in_chromium  # noqa: E402

FRESH = ("cifar/basic-20", "cifar/basic-56", "cifar/basic-110", "imagenet/bottleneck-50?stride=3x3", "imagenet/vgg-16?norm=none")
FITTED = ("mnist-residual-20", "mnist-plain-20", "mnist-residual-56")
PICTURES, MOVES = 1000, 20
# From the pen's move to the end of the run that answers it, in ms. Of a run that is over before the browser looks, nothing is seen.
ANSWERED = """() => new Promise(resolve => {
  const began = performance.now(), app = document.querySelector("[data-test-script-state]");
  let has = false;
  const watch = new MutationObserver(() => {
    has ||= app.dataset.testScriptState === "running";
    if (has && app.dataset.testScriptState === "notRunning") end(performance.now() - began);
  });
  const end = (taken) => { watch.disconnect(); resolve(taken); };
  watch.observe(app, { attributes: true });
  setTimeout(() => end(null), 3000);
})"""


def seconds(call) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def read_outs() -> None:
    """The network's own head at every place of a picture."""
    for name in FRESH:
        spec = parse_spec(name)
        net = build(spec, seed=0).eval().requires_grad_(False)
        picture = torch.randn(1, spec.channels, spec.input, spec.input)
        with torch.inference_mode():
            net(picture)
            one = statistics.median(seconds(lambda: net(picture)) for _ in range(7))
        every = statistics.median(seconds(lambda: logits_by_depth(net, picture)) for _ in range(7))
        print(f"{name}: the answer after every block {every / one:.1f} passes ({1000 * every:.0f} ms)")


def probes() -> None:
    """Linear read-outs of every block, fitted and judged."""
    data = load("mnist-5k", size=32, channels=1)
    for name in FITTED:
        loaded = open_model(name)
        images = Normalise(loaded.preparation.mean, loaded.preparation.std)(data.train_images[: PICTURES + JUDGED])
        with torch.inference_mode():
            one = min(seconds(lambda: [loaded.net(some) for some in images.split(100)]) for _ in range(2))
        fitted = seconds(lambda: probes_of(loaded, "mnist-5k", PICTURES))
        print(f"{name}: read-outs on {PICTURES:,} pictures, judged by {JUDGED}: {fitted / one:.1f} passes of them ({fitted:.1f} s)")


def drawing() -> None:
    """A stroke that grows move by move, each answered before the next."""
    with app_in_chromium() as (url, page):
        page.goto(f"{url}/classify?model=mnist-residual-20&source=draw")
        canvas = page.get_by_role("img", name="Canvas to draw a digit on")
        page.get_by_role("heading", level=3).first.wait_for(timeout=120_000)
        page.wait_for_timeout(2000)
        box = canvas.bounding_box()
        page.mouse.move(box["x"] + 60, box["y"] + 60)
        page.mouse.down()
        page.wait_for_timeout(2000)
        taken = []
        for move in range(1, MOVES + 1):
            page.evaluate(f"() => {{ window.answered = ({ANSWERED})(); }}")
            page.mouse.move(box["x"] + 60 + 9 * move, box["y"] + 60 + 5 * move)
            taken.append(page.evaluate("window.answered"))
        taken = [one for one in taken if one is not None]
        middle, slowest = statistics.median(taken), max(taken)
        print(f"a move of the pen is answered after {middle:.0f} ms, the slowest of {len(taken)} after {slowest:.0f} ms")


if __name__ == "__main__":
    use_one_thread()
    read_outs()
    probes()
    drawing()

"""The drawing's answer to its reader: from the act to the frame after it is on screen, in Chromium.

Targets on this machine: another colour 200 ms, a stage opened 300 ms, ResNet-152 opened to its layers 1.5 s, two
ResNet-152 compared 3 s, any model of torchvision 5 s. The reference is the same page's answer to a reload of what it
has already drawn: where that is slow, the machine is.
"""

import sys
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from playwright.sync_api import Page  # noqa: E402
from running_app import app_in_chromium  # noqa: E402

from explorer.networks.spec import parse_spec  # noqa: E402

REPEATS = 5
# The largest of each kind; tracing, drawing and table included, none seen before.
MODELS = ("efficientnet_v2_l", "swin_v2_b", "maxvit_t", "vit_h_14", "densenet201", "inception_v3", "regnet_y_128gf", "convnext_large")

# Helpers in the page: its drawings, a node of one, and the milliseconds from an act to the frame after `done` holds.
HELPERS = """() => {
  window.views = () => [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
    .map(part => part.shadowRoot?.querySelector('.view')).filter(Boolean);
  window.node = (id, view = views()[0]) => view?.querySelector(`[id="${CSS.escape(id)}"]`);
  window.fill = id => { const shape = node(id)?.querySelector('rect'); return shape && getComputedStyle(shape).fill; };
  window.frameAfter = (start, done) => new Promise((resolve, reject) => {
    const look = () => {
      if (done()) requestAnimationFrame(() => setTimeout(() => resolve((performance.now() - start) / 1000)));
      else if (performance.now() - start > 60_000) reject(new Error('nothing came of it in a minute'));
      else requestAnimationFrame(look);
    };
    look();
  });
  addEventListener('pointerdown', () => { window.pressed = performance.now(); }, { capture: true });
  window.timed = (act, done) => { const start = performance.now(); act(); return frameAfter(start, done); };
}"""
RECOLOUR = """([colour, id]) => {
  const select = views()[0].querySelector('.colour select'), before = fill(id);
  return timed(() => { select.value = colour; select.dispatchEvent(new Event('change', { bubbles: true })); }, () => ![before, undefined].includes(fill(id)));
}"""
LEVEL = """([level, id]) => timed(() => views()[0].querySelector(`[data-detail=${level}]`).click(), () => node(id))"""
DRAWN = """([count, title]) => frameAfter(0, () => views().filter(view => view.querySelector('g.node')
  && view.querySelector('.canvas').getAttribute('aria-label')?.includes(title)).length === count)"""


def visit(page: Page, address: str, title: str, count: int = 1) -> float:
    """Seconds from the beginning of the navigation to `count` drawings of this title."""
    page.goto(address)
    page.evaluate(HELPERS)
    return page.evaluate(DRAWN, [count, title])


def rest(page: Page) -> None:
    page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()
    page.wait_for_timeout(1000)


def measure(page: Page, url: str) -> list[tuple[str, list[float], float]]:
    """(what, its seconds, the target) for everything a reader does with ResNet-152, and the models of torchvision."""
    resnet = f"{url}/architecture?network=imagenet/bottleneck-152"
    visit(page, resnet, "ResNet-152")
    rest(page)
    recolours, opens, levels, pairs, reloads = [], [], [], [], []
    for _ in range(REPEATS):
        for colour in ("params", "macs"):
            recolours.append(page.evaluate(RECOLOUR, [colour, "layer:conv1"]))
            rest(page)
    for _ in range(REPEATS):
        page.evaluate(LEVEL, ["stages", "group:layer3"])
        rest(page)
        page.locator('[id="group:layer3"] .handle').first.click()
        opens.append(page.evaluate("frameAfter(window.pressed, () => node('layer:layer3.0.conv1'))"))
        rest(page)
        levels.append(page.evaluate(LEVEL, ["layers", "layer:bn1"]))
        rest(page)
    for _ in range(REPEATS):
        pairs.append(visit(page, f"{url}/compare?networks=imagenet/bottleneck-152,imagenet/bottleneck-152%3Fstride%3D3x3", "ResNet-152", 2))
        rest(page)
        reloads.append(visit(page, resnet, "ResNet-152"))
        rest(page)
    models = []
    for name in MODELS:
        models.append(visit(page, f"{url}/architecture?network=torchvision/{name}", parse_spec(f"torchvision/{name}").title))
        rest(page)
        print(f"  {name:20} {models[-1]:.2f} s", flush=True)
    return [
        ("another colour", recolours, 0.2),
        ("a stage opened", opens, 0.3),
        ("ResNet-152 to its layers", levels, 1.5),
        ("two ResNet-152 compared", pairs, 3),
        ("a model of torchvision", models, 5),
        ("reference: ResNet-152 again", reloads, 0),
    ]


def main() -> None:
    with app_in_chromium() as (url, page):
        found = measure(page, url)
    reference = median(found[-1][1])
    for what, seconds, target in found:
        aim = f"target {target:g} s, " if target else ""
        print(f"{what:30} median {median(seconds):.3f} s, largest {max(seconds):.3f} s ({aim}{median(seconds) / reference:.2f} x the reference, n = {len(seconds)})")


if __name__ == "__main__":
    main()

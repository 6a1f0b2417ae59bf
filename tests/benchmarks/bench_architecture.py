"""Another depth on the Architecture page: from the click to the new drawing and layer table on screen, in Chromium.

Target on this machine: 95% of 20 changes within 1 s, ResNet-152 among them; ResNet-1202, folded, within 4 s.
Every network is new to the server but those marked so.
"""

import sys
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from playwright.sync_api import Page  # noqa: E402
from running_app import app_in_chromium  # noqa: E402

from explorer.networks.spec import parse_spec  # noqa: E402

CHANGES = {  # from this network -> to these depths, one after the other
    "imagenet/bottleneck-50": (101, 152, 200, 152),
    "imagenet/preact-bottleneck-50": (101, 152, 200),
    "cifar/basic-56": (20, 32, 44, 110),
    "cifar/plain-56": (20, 32, 44, 110),
    "cifar/bottleneck-56": (20, 29, 47, 110, 164),
}
DEEPEST = ("cifar/basic-56", 1202)

# The clock starts when the browser sees the click, and stops a frame after drawing and table are the new network's.
START = "addEventListener('pointerdown', () => { window.clicked = performance.now() }, { capture: true })"
STOP = """title => new Promise(resolve => {
  const parts = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')].map(part => part.shadowRoot);
  const shown = selector => parts.some(part => part.querySelector(selector)?.getAttribute('aria-label')?.includes(title));
  const look = () => {
    if (shown('.canvas') && shown('table')) requestAnimationFrame(() => setTimeout(() => resolve((performance.now() - window.clicked) / 1000)));
    else requestAnimationFrame(look);
  };
  look();
})"""


def change(page: Page, depth: int, title: str) -> float:
    """Seconds from the click on a depth to its drawing and table."""
    page.get_by_role("radio", name=str(depth), exact=True).click()
    return page.evaluate(STOP, title)


def visit(page: Page, url: str, network: str) -> None:
    page.goto(f"{url}/architecture?network={network}")
    page.evaluate("window.clicked = 0")
    page.wait_for_function("document.querySelectorAll('[data-testid=stBidiComponentIsolated]').length === 2")
    page.evaluate(STOP, parse_spec(network).title)
    page.locator(".explorer-chart-plot .main-svg").first.wait_for()
    page.evaluate(START)


def measure(page: Page, url: str) -> tuple[dict[str, float], float]:
    """Seconds of each change, and of the deepest network."""
    seconds = {}
    for network, depths in CHANGES.items():
        visit(page, url, network)
        spec = parse_spec(network)
        for depth in depths:
            spec = spec.variant(depth=depth)
            again = " (seen before)" if spec.text in seconds else ""
            seconds[spec.text + again] = change(page, depth, spec.title)
            page.wait_for_timeout(500)
    network, depth = DEEPEST
    visit(page, url, network)
    return seconds, change(page, depth, parse_spec(network).variant(depth=depth).title)


def main() -> None:
    with app_in_chromium() as (url, page):
        seconds, deepest = measure(page, url)
    for network, taken in seconds.items():
        print(f"{network:45} {taken:.2f} s")
    ordered = sorted(seconds.values())
    print(f"{len(ordered)} changes: median {median(ordered):.2f} s, 95th percentile {ordered[int(0.95 * len(ordered)) - 1]:.2f} s "
          f"(target 1 s), largest {ordered[-1]:.2f} s")
    print(f"{DEEPEST[0].rpartition('-')[0]}-{DEEPEST[1]}, folded: {deepest:.2f} s (target 4 s)")


if __name__ == "__main__":
    main()

"""Photographs thirteen pages of the demo city at two widths, light and dark, into docs/pictures/screens.

Starts a city of its own on a free port with a throw-away data folder, and ends it. Run by `make screenshots`.
"""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = ROOT / "docs" / "pictures" / "screens"
WIDTHS = {390: 844, 1280: 900}
SCHEMES = ("light", "dark")
MOST_BYTES = 90_000
START_SECONDS = 300
LIVE_DATASETS = 7
# The answer to a form, and a form that is half filled: loading them anew would send the one again and empty the other.
POSTED, TYPED = "desk-bulk", "call"


def main() -> int:
    """Start the city, take the pictures, end the city; return the exit status."""
    from tests.support.browser import ARGUMENTS, chromium

    path = chromium()
    if path is None:
        print("No Chromium was found: see docs/how-to/run-the-tests.md")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo_city() as address, sync_playwright() as tools:
        # Software drawing for the map, where the machine has no graphics card.
        browser = tools.chromium.launch(executable_path=path, args=[*ARGUMENTS, "--enable-unsafe-swiftshader"])
        context = browser.new_context(base_url=address, locale="en-US", reduced_motion="reduce")
        page = context.new_page()
        page.set_default_timeout(30_000)
        for name in walk(page):
            take(page, name)
        browser.close()
    pictures = sorted(FOLDER.glob("*.webp"))
    print(f"{len(pictures)} pictures, {sum(one.stat().st_size for one in pictures) // 1000} kB, in {FOLDER}")
    return 0


@contextmanager
def demo_city() -> Iterator[str]:
    """Run the demo on a free port until the block ends; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="cityhall-screens-") as data:
        command = [sys.executable, "-m", "cityhall.cli", "demo", "--port", str(port), "--workers", "1"]
        city = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "CITYHALL_DATA": data, "COLUMNS": "200"},
            start_new_session=True,
        )
        giving_up = threading.Timer(START_SECONDS, city.terminate)
        giving_up.start()
        try:
            yield _address(city)
        finally:
            giving_up.cancel()
            city.send_signal(signal.SIGINT)
            try:
                city.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(city.pid, signal.SIGKILL)
                city.wait()


def _address(city: subprocess.Popen[str]) -> str:
    """Read what the city says until it says where it is open."""
    said = []
    assert city.stdout is not None
    for line in city.stdout:
        said.append(line)
        found = re.search(r"is open at (http://[\d.:]+\d)", line)
        if found:
            # Nobody reads on; a full pipe would hold the city up.
            threading.Thread(target=city.stdout.read, daemon=True).start()
            with urllib.request.urlopen(f"{found[1]}/readyz", timeout=30) as answer:  # loopback
                assert answer.status == 200
            return found[1]
    raise SystemExit("The demo city did not start:\n" + "".join(said[-20:]))


def walk(page: Page) -> Iterator[str]:
    """Go from page to page as a visitor and as a dispatcher; give each picture's name when its page is open."""
    page.goto("/")
    yield "home"
    reported = place_of_open_pothole(page)
    page.goto("/report/?q=pothole")
    page.locator("button[value=pothole]").first.click()
    yield "report-place"
    yield from report(page, reported)
    fixed = photographed(page)
    page.goto(fixed)
    yield "request"
    page.goto("/requests/")
    yield "requests"
    page.goto("/account/sign-in/")
    yield "sign-in"
    page.goto("/about/not-built-yet/")
    yield "not-built-yet"
    page.goto(live_dataset(page))
    yield "dataset"
    page.goto("/data/")
    yield "open-data"
    page.goto("/demo/")
    page.locator("form", has=page.locator("input[value='dispatcher@harborview.example']")).get_by_role("button").click()
    page.goto("/desk/")
    page.goto(str(page.locator("a[data-open]").nth(2).evaluate("one => one.href")))
    yield "desk"
    take_call(page, reported)
    yield TYPED
    # Those already planned would be changed from scheduled to scheduled.
    page.goto("/desk/?status=received")
    boxes = page.locator("input[name=pick]")
    for index in range(3):
        boxes.nth(index).check()
    page.get_by_role("button", name="Schedule…").click()
    page.get_by_role("button", name="Preview").click()
    page.wait_for_load_state("networkidle")
    yield POSTED


def live_dataset(page: Page) -> str:
    """Wait until the city's own datasets are all published; return the address of its service requests."""
    for _ in range(60):
        page.goto("/data/")
        links = page.get_by_role("link", name="Service requests", exact=True)
        if page.locator("table tbody tr").count() >= LIVE_DATASETS and links.count():
            return str(links.first.evaluate("one => one.pathname"))
        page.wait_for_timeout(3000)
    raise SystemExit("The city's own datasets were not published in time.")


def place_of_open_pothole(page: Page) -> str:
    """Return the address of a pothole that is open, so that the next report of one there meets it."""
    page.goto("/requests/?category=pothole&status=open")
    page.goto(str(page.locator(".rows a[href*='/requests/']").first.evaluate("one => one.href")))
    return page.locator("dl.facts dt:text-is('Place') + dd").inner_text()


def report(page: Page, place: str) -> Iterator[str]:
    """Send a report of a pothole at a place; give the names of "already reported?" and of the receipt."""
    page.get_by_label("Street address or crossing").fill(place)
    for _ in range(8):
        if "/nearby/" in page.url:
            yield "already-reported"
            page.get_by_role("button", name="Mine is different").click()
        elif "/check/" in page.url:
            page.get_by_role("button", name="Send the report").click()
        elif "/receipt/" in page.url:
            yield "receipt"
            return
        else:
            for group in page.locator("main fieldset:has(input[type=radio])").all():
                if not group.locator("input:checked").count():
                    group.locator("input[type=radio]").first.check()
            page.get_by_role("button", name="Continue").click()
        page.wait_for_load_state("networkidle")


def take_call(page: Page, place: str) -> None:
    """Log a call, then take another of the same caller, about a pothole that is reported already."""
    page.goto("/desk/calls/")
    page.locator("#f-contact-phone").fill("(619) 555-0142")
    page.locator("#f-kind").select_option("answered")
    page.locator("#f-topic").fill("Trash days")
    page.locator("#f-note").fill("Asked about the pick-up after the holiday.")
    page.get_by_role("button", name="Log the call").click()
    page.goto("/desk/calls/")
    page.locator("#f-contact-phone").fill("619.555.0142")
    page.locator("#f-contact-email").press("Tab")
    page.locator("#call-caller h3").wait_for()
    page.locator("#f-contact-first-name").fill("Rosa Lee")
    page.locator("#f-category-code").fill("deep pothole")
    page.locator("#call-kinds input[value=pothole]:checked").wait_for()
    page.locator("#f-place").fill(place)
    page.locator("#f-place").press("Tab")
    page.locator("#call-near li").first.wait_for()


def photographed(page: Page) -> str:
    """Return the address of a fixed request with photos from before and after."""
    page.goto("/requests/?status=fixed")
    links = page.locator(".rows li:has(img) a").evaluate_all("all => all.map(one => one.pathname)")
    for link in links:
        page.goto(link)
        if page.get_by_role("heading", name="After").count() and page.get_by_role("heading", name="Before").count():
            return str(link)
    raise SystemExit("No fixed request on the first page has photos from before and after.")


def take(page: Page, name: str) -> None:
    """Photograph the open page in every width and scheme. It is loaded anew each time, as it would be opened."""
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            if name not in {POSTED, TYPED}:
                page.reload()
            page.wait_for_load_state("networkidle")
            for frame in page.locator(".map").all():
                if frame.is_visible():
                    frame.scroll_into_view_if_needed()
                    page.wait_for_function(
                        "one => one.dataset.drawn === 'yes' || one.dataset.ready === 'failed'",
                        arg=frame.element_handle(),
                    )
            # Back to the top, and so does every pane that was scrolled to its map.
            page.evaluate("document.querySelectorAll('*').forEach(one => { one.scrollTop = 0; })")
            save(page.screenshot(), FOLDER / f"{name}-{width}-{scheme}.webp")
    print(name, flush=True)


def save(png: bytes, path: Path) -> None:
    """Write a picture as WebP, no larger than `MOST_BYTES`."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for quality in (82, 70, 55, 40):
        picture.save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size <= MOST_BYTES:
            return


if __name__ == "__main__":
    sys.exit(main())

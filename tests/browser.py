"""A Chromium that the machine has, without a window and without a network, and how its tests wait."""

from __future__ import annotations

import shutil
from contextlib import contextmanager

import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None
)
"""The first is the same without its own windows, and takes half the time."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
"""The last: no name leads anywhere."""
PATIENCE_MS = 240_000
"""How long a step may take before it counts as failed: long, since nothing here is a test of speed."""
SIZES = {1280: 900, 390: 844}

IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"),
]


@contextmanager
def launched():
    """A browser without a window, while the block lasts."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


def until(page, condition):
    """Wait for a condition in the page; the page's policy forbids the driver to wait for it by `eval`."""
    waited_ms = 0
    while waited_ms < PATIENCE_MS:
        if page.evaluate(condition):
            return
        pause_ms = min(50 + waited_ms // 4, 500)  # who asks often takes the time of what it waits for
        page.wait_for_timeout(pause_ms)
        waited_ms += pause_ms
    pytest.fail(f"never came true: {condition}")

"""WebKitGTK, driven over WebDriver with plain HTTP: the kind of browser that Chromium is not.

Debian's webkit2gtk-driver, its MiniBrowser, and a screen of Xvfb's where there is none. Only what
the journeys need of the protocol; it deliberately is no general client.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.live import free_port

BROWSERS = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
PATIENCE = 20.0


def why_missing() -> str:
    """Say what there is not, or return nothing: then a browser can be driven."""
    if shutil.which("WebKitWebDriver") is None or not BROWSERS:
        return "no WebKitGTK: script/test installs webkit2gtk-driver where it can use apt"
    if not os.environ.get("DISPLAY") and shutil.which("Xvfb") is None:
        return "no screen for WebKitGTK: script/test installs xvfb where it can use apt"
    return ""


class WebKit:
    """One window of the browser."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        options = {"binary": str(BROWSERS[-1]), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        made = self._ask("POST", "/session", {"capabilities": wanted})
        self.session = f"/session/{made['sessionId']}"

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 — the driver beside us
            self.address + path,
            json.dumps(body or {}).encode() if method == "POST" else None,
            {"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=90) as answer:  # noqa: S310
            return json.load(answer)["value"]

    def open(self, url: str) -> None:
        """Go to an address and wait until its page stands."""
        self._ask("POST", f"{self.session}/url", {"url": url})

    def back(self) -> None:
        """Step back, as a swipe from the edge does."""
        self._ask("POST", f"{self.session}/back")

    def reload(self) -> None:
        """Load the page again."""
        self._ask("POST", f"{self.session}/refresh")

    def size(self, width: int, height: int) -> None:
        """Make the window as large as a phone's."""
        self._ask("POST", f"{self.session}/window/rect", {"width": width, "height": height})

    def run(self, script: str) -> Any:
        """Run a script's lines in the page and return what it returns."""
        return self._ask("POST", f"{self.session}/execute/sync", {"script": script, "args": []})

    def click(self, selector: str, place: int = 0) -> None:
        """Click one of the elements of a selector, from 0."""
        found = self._ask(
            "POST", f"{self.session}/elements", {"using": "css selector", "value": selector}
        )
        element = next(iter(found[place].values()))
        self.run(
            f"document.querySelectorAll({json.dumps(selector)})[{place}]"
            ".scrollIntoView({block: 'center', behavior: 'instant'})"
        )
        self._ask("POST", f"{self.session}/element/{element}/click")

    def fill(self, selector: str, text: str) -> None:
        """Type into a field."""
        found = self._ask(
            "POST", f"{self.session}/element", {"using": "css selector", "value": selector}
        )
        element = next(iter(found.values()))
        self._ask("POST", f"{self.session}/element/{element}/value", {"text": text})

    def until(self, condition: str, patience: float = PATIENCE) -> None:
        """Wait until an expression holds in the page."""
        end = time.monotonic() + patience
        while not self._holds(condition):
            if time.monotonic() > end:
                seen = self.run("return location.href + '\\n' + document.body.innerText")
                raise AssertionError(f"not so: {condition}\n{seen[:1500]}")
            time.sleep(0.1)

    def _holds(self, condition: str) -> bool:
        try:
            return bool(self.run(f"return Boolean({condition})"))
        except urllib.error.HTTPError as error:
            if error.code != 500:
                raise
            return False  # the page went away while it was asked; the next one is asked again

    def close(self) -> None:
        """End the browser."""
        self._ask("DELETE", self.session)


@contextmanager
def webkit() -> Iterator[WebKit]:
    """Run driver and browser, with a screen of their own where there is none."""
    with ExitStack() as stack:
        settings = dict(os.environ)
        if not settings.get("DISPLAY"):
            settings["DISPLAY"] = stack.enter_context(_screen())
        port = free_port()
        driver = subprocess.Popen(
            ["WebKitWebDriver", f"--port={port}"],
            env=settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(_end, driver)
        _wait(port)
        window = WebKit(port)
        stack.callback(window.close)
        yield window


@contextmanager
def _screen() -> Iterator[str]:
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}"
    finally:
        _end(server)


def _wait(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=5):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)

"""Journeys share one demonstration installation, served for real, and one headless Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect, sync_playwright

from app import clock, create_app, rulebook
from app.config import Settings
from app.extensions import db
from tests.demo import prepared
from tests.journeys import hall
from tests.journeys.visiting import DESK, PHONE, Site, Visitor, follow
from tests.live import demo_environment, free_port, running

__all__ = ["DESK", "PHONE", "Site", "Visitor", "follow"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; without one the journeys are skipped, which script/test says loudly."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
    if not program:
        pytest.skip("no Chromium: run script/test")
    expect.set_options(timeout=20_000)  # a machine with much to do is no fault of the page
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


def quicken(app: Flask) -> None:
    """Set the least reading time to nothing: a journey reads faster than a person."""
    now = clock.now()
    with app.app_context():
        rulebook.set_value(
            "lesson.minimum_seconds",
            0,
            from_date=clock.shanghai_date(now),
            source="journeys",
            official=False,
            actor=None,
            now=now,
        )
        db.session.commit()
        db.session.remove()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, first_demonstration: Path) -> Iterator[Site]:
    """A demonstration of this module's own, with web processes and the job worker."""
    folder = tmp_path_factory.mktemp("site")
    port = free_port()
    environment = demo_environment(folder, port)
    quicken(prepared(environment, first_demonstration))
    with running(environment, port, jobs=True) as address:
        yield Site(address, folder, environment)


@pytest.fixture(scope="module")
def inside(site: Site) -> Flask:
    """The served installation's application, for looking at its rows."""
    return create_app(Settings.from_env(site.environment))


@pytest.fixture
def book(inside: Flask) -> Iterator[Callable[..., str]]:
    """Put new candidates into the demonstration's open sitting: `book()` gives a sign-in name."""
    yield lambda **booking: hall.new_candidate(inside, **booking)
    with inside.app_context():
        db.engine.dispose()


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Make visitors: `visit()` on a phone in Chinese, `visit(desk=True, language="en-GB")`."""
    visitors: list[Visitor] = []

    def make(*, desk: bool = False, language: str = "zh-CN") -> Visitor:
        context = chromium.new_context(
            viewport=DESK if desk else PHONE, locale=language, reduced_motion="reduce"
        )
        visitors.append(Visitor(context, site))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.context.close()
    errors = [error for visitor in visitors for error in visitor.errors]
    assert not errors, errors

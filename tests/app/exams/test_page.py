"""The waiting room and the answering page: what they weigh, and that a device finds back to its paper."""

from __future__ import annotations

import copy
import gzip
import itertools
import re
from pathlib import Path

import pytest
from sqlalchemy import delete

from app.extensions import db
from app.models.people import UserSession
from app.static_files import BOOTSTRAP, OWN
from tests.app.exams.hall import Hall, Sat

pytestmark = pytest.mark.rows
MOST = 300_000
QUESTIONS = 95
LINKED = re.compile(r'(?:href|src)="/((?:bootstrap/)?static)/[^/]+/(?:static/)?([^"#?]+)')


def repeated(groups: list[dict[str, object]], wanted: int) -> list[dict[str, object]]:
    """Return so many questions of the usual length: the paper's own, again and again."""
    found: list[dict[str, object]] = []
    numbers = itertools.count(1)
    for group in itertools.cycle(groups):
        again = copy.deepcopy(group)
        for item in again["items"]:  # type: ignore[attr-defined]
            item["number"] = next(numbers)
        found.append(again)
        if next(copy.copy(numbers)) > wanted:
            return found
    raise AssertionError


def on_the_wire(path: Path) -> int:
    """Return a static file's bytes as they are sent: compressed once for each release."""
    return len(gzip.compress(path.read_bytes(), 9))


def test_weight(hall: Hall, sat: Sat) -> None:
    """95 questions without pictures, with every style sheet, script and icon: under 300 KB."""
    paper = hall.booking().paper
    assert paper is not None
    paper.shown = repeated(paper.shown, QUESTIONS)
    db.session.commit()
    html = sat.page()
    files = set(LINKED.findall(html))
    names = {name for _where, name in files}
    assert {"js/exam/page.js", "js/exam/journal.js", "css/exam.css", "icons.svg"} <= names
    parts = {"page": len(html.encode())}
    for where, name in files:
        parts[name] = on_the_wire((BOOTSTRAP if where.startswith("bootstrap") else OWN) / name)
    assert sum(parts.values()) < MOST, sorted(parts.items(), key=lambda one: -one[1])


def test_every_module_is_asked_for_at_once(sat: Sat) -> None:
    """A module that is not named in the page would be found only after the one that imports it."""
    html = sat.page()
    folder = OWN / "js" / "exam"
    wanted, seen = ["page.js"], set[str]()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        imported = re.findall(r'from "\./([a-z_]+\.js)"', (folder / name).read_text("utf-8"))
        wanted += imported
    preloaded = set(re.findall(r'modulepreload" href="[^"]+/js/exam/([a-z_]+\.js)"', html))
    assert preloaded == seen


def test_the_waiting_room_tries_things_out(hall: Hall) -> None:
    html = hall.candidate().page(f"/exams/sit/{hall.bookings[0]}")
    for check in ("line", "storage"):
        assert f'data-check="{check}"' in html
    assert "你实际有 30:00" in html


@pytest.mark.parametrize("large", [False, True])
def test_large_type_of_the_booking(hall: Hall, large: bool) -> None:
    hall.booking().large_type = large
    db.session.commit()
    assert ('data-type="large"' in hall.started().page()) is large
    assert (
        'data-type="large"' in hall.candidate(2).page(f"/exams/sit/{hall.bookings[1]}")
    ) is False


def test_the_sign_in_ends_midway(hall: Hall, sat: Sat) -> None:
    """Nothing on the way from question to receipt asks who this is again."""
    db.session.execute(delete(UserSession))
    db.session.commit()
    assert sat.save((1, 1, "o1"))["stored"] == [1]
    reply = sat.browser.get(f"/exams/sit/{sat.booking_id}")
    assert reply.location.endswith("/paper")
    assert sat.data()["given"] == {"1": "o1"}
    assert sat.browser.get(sat.url("state")).status_code == 200
    reply = sat.hand_in()
    assert "回执" in sat.browser.page(reply.location)


def test_the_cookie_is_lost_but_not_the_sign_in(hall: Hall, sat: Sat) -> None:
    """A killed browser may not have written a young cookie down: the same sign-in has it again."""
    sat.save((1, 1, "o1"))
    sat.browser.delete_cookie(f"device_{sat.attempt_id}", path="/exams/")
    assert sat.data()["given"] == {"1": "o1"}
    assert sat.save((2, 1, "o2"))["stored"] == [2]
    assert hall.attempt().epoch == 1


def test_a_stranger_is_asked_to_sign_in(hall: Hall, sat: Sat) -> None:
    stranger = hall.browser()
    assert "/sign-in" in stranger.get(f"/exams/sit/{sat.booking_id}").location
    assert stranger.get(f"/exams/sit/{sat.booking_id}/paper").location.endswith("/other-device")

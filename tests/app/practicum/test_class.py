"""A class's practicum as its instructors see it, and the sheet of hours for the time bank."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models.journal import AuditLine
from app.models.people import Role
from app.models.practicum import TimeBankAccount
from app.practicum import time_bank
from tests import factories
from tests.app.practicum import rows
from tests.app.training import rows as training
from tests.client import PageClient
from tests.queries import counted

pytestmark = pytest.mark.rows


def test_progress_counts_what_is_signed(app: Flask, client: PageClient) -> None:
    """Logged and signed are drawn as two strands; the words say both."""
    enrolment = rows.trainee()
    where = rows.place(enrolment)
    by, _code = rows.supervisor(where)
    rows.signed(rows.visit(enrolment, where, hours_ago=30), by)
    rows.visit(enrolment, where, hours_ago=5, minutes=60)
    client.sign_in(factories.user(Role.INSTRUCTOR))
    html = client.page(f"/classes/{enrolment.class_id}/practicum")
    assert "3 小时 0 分 / 2 小时 0 分" in html
    assert "还没做满" in html
    assert html.count('class="strands"') >= 2


def test_one_visit(app: Flask, client: PageClient) -> None:
    """Opened from the class; not from another class."""
    enrolment = rows.trainee()
    where = rows.place(enrolment)
    made = rows.signed(rows.visit(enrolment, where), rows.supervisor(where)[0])
    client.sign_in(factories.user(Role.INSTRUCTOR))
    html = client.page(f"/classes/{enrolment.class_id}/practicum/visits/{made.id}")
    assert made.sha256 in html
    other = training.training_class()
    assert client.get(f"/classes/{other.id}/practicum/visits/{made.id}").status_code == 404


@time_machine.travel("2026-11-27 04:00", tick=False)
def test_the_page_costs_the_same_for_many(app: Flask, client: PageClient) -> None:
    """However many people and visits."""
    enrolment = rows.trainee()
    where = rows.place(enrolment)
    rows.visit(enrolment, where)
    client.sign_in(factories.user(Role.INSTRUCTOR))
    address = f"/classes/{enrolment.class_id}/practicum"
    client.page(address)
    few = _statements(client, address)
    for _one in range(3):
        rows.visit(training.enrol(enrolment.training_class), where)
    assert _statements(client, address) == few


def _statements(client: PageClient, address: str) -> int:
    """Return how often a page asks the database."""
    with counted() as said:
        client.page(address)
    return len(said)


def _lines(workbook: bytes) -> list[list[str]]:
    """Return the first sheet's texts."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        texts = archive.read("xl/sharedStrings.xml").decode()
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    words = re.findall(r"<si><t[^>]*>(.*?)</t></si>", texts)
    return [
        [words[int(number)] for number in re.findall(r't="s"><v>(\d+)</v>', row)]
        for row in re.findall(r"<row .*?</row>", sheet)
    ]


def test_hours_for_the_time_bank(app: Flask, client: PageClient) -> None:
    """Only signed visits of people who gave an account; long numbers stay whole."""
    enrolment = rows.trainee()
    where = rows.place(enrolment)
    by, _code = rows.supervisor(where)
    rows.signed(rows.visit(enrolment, where, minutes=100), by)
    without = training.enrol(enrolment.training_class)
    rows.signed(rows.visit(without, where), by)
    client.sign_in(enrolment.user)
    assert client.send("/practicum/time-bank", {"number": "?"}).status_code == 400
    client.send("/practicum/time-bank", {"number": "3101 0000 1234 5678 90"})
    kept = db.session.scalars(select(TimeBankAccount)).one()
    assert "310100001234567890" not in kept.number_sealed
    assert time_bank.number_of(kept) == "310100001234567890"
    assert "31**************90" in client.page("/practicum")
    manager = PageClient(app).sign_in(rows.manager())
    for browser, address in (
        (client, "/practicum/time-bank.xlsx"),
        (manager, f"/classes/{enrolment.class_id}/practicum/time-bank.xlsx"),
    ):
        answer = browser.get(address)
        lines = _lines(answer.data)
        assert len(lines) == 2
        assert lines[1][1] == "310100001234567890"
        assert lines[1][5] == "1.66"
    exported = select(AuditLine).where(AuditLine.action == "practicum.hours_exported")
    assert len(db.session.scalars(exported).all()) == 3
    client.send("/practicum/time-bank", {"number": ""})
    assert db.session.scalars(select(TimeBankAccount)).all() == []


def test_who_may(app: Flask, client: PageClient) -> None:
    """An instructor reads and does not take account numbers out; a trainee does neither."""
    enrolment = rows.trainee()
    address = f"/classes/{enrolment.class_id}/practicum"
    client.sign_in(factories.user(Role.INSTRUCTOR))
    assert client.get(f"{address}/time-bank.xlsx").status_code == 403
    client.sign_in(enrolment.user)
    assert client.get(address).status_code == 403

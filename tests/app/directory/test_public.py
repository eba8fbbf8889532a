"""The public directory: counts only who is valid, lists only who agreed, gives out no more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from app import clock
from app.directory import counting, keeping
from app.extensions import db
from app.models.people import Affiliation
from tests import factories
from tests.app.awards import rows as awards
from tests.app.directory import rows
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows


def _count(organisation_id: str) -> int:
    return counting.practitioners([organisation_id], training.today())[organisation_id]


def test_it_works(client: PageClient) -> None:
    home = rows.institution()
    row = rows.page(home)
    keeping.add_price(row, "门诊陪诊", 19950, "half_day", actor=rows.manager(home), now=clock.now())
    certificate = rows.practitioner(home, 1)
    awards.agree(certificate.user, "register_public")
    db.session.commit()
    answer = client.get("/directory?q=护理")
    assert "示例护理院" in client.page("/directory?q=护理")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    html = client.page(f"/directory/{row.id}")
    assert "证书有效的陪诊师 1 名" in html
    assert "199.50 元" in html
    assert "林＊秋" in html
    assert certificate.printed["name"] not in html
    assert certificate.number not in html
    assert "English" in html
    assert "199.50" in client.page(f"/directory/{row.id}?lang=en")


@pytest.mark.parametrize(
    ("day", "least"),
    [(date(2026, 6, 30), 1), (date(2026, 7, 1), 5), (date(2027, 1, 1), 5)],
)
def test_the_number_asked_is_dated(app: object, day: date, least: int) -> None:
    assert counting.threshold(day).least == least


def test_one_short_is_said(client: PageClient) -> None:
    home = rows.institution()
    row = rows.page(home)
    least = counting.threshold(training.today()).least
    assert f"还差 {least} 名" in client.page(f"/directory/{row.id}")


def test_only_who_is_valid_counts(app: object) -> None:
    home, somebody = rows.institution(), factories.user()
    valid = rows.practitioner(home, 1)
    suspended, over, withdrawn, ended, gone = (rows.practitioner(home, n) for n in range(2, 7))
    awards.change(suspended, "suspended", somebody)
    line = awards.change(over, "suspended", somebody)
    line.until = training.today() - timedelta(days=1)
    awards.change(withdrawn, "withdrawn", somebody)
    ended.valid_until = training.today() - timedelta(days=1)
    for one in db.session.query(Affiliation).filter_by(user_id=gone.user_id):
        one.ends_on = training.today() - timedelta(days=1)
    db.session.commit()
    assert valid.user_id != over.user_id
    assert _count(home.id) == 2  # the valid one, and the one whose suspension has seen its last day


def test_somebody_with_two_certificates_is_one_person(app: object) -> None:
    home = rows.institution()
    first = rows.practitioner(home, 1)
    other = rows.practitioner(home, 2)
    other.user_id = first.user_id
    db.session.commit()
    assert _count(home.id) == 1


def test_without_consent_nobody_is_listed_and_withdrawing_ends_it(client: PageClient) -> None:
    home = rows.institution()
    row = rows.page(home)
    certificate = rows.practitioner(home, 1)
    assert "林＊秋" not in client.page(f"/directory/{row.id}")
    client.sign_in(certificate.user)
    client.page("/account/consents")
    client.send("/account/consents/register_public/give")
    assert "林＊秋" in client.page(f"/directory/{row.id}")
    client.send("/account/consents/register_public/withdraw")
    html = client.page(f"/directory/{row.id}")
    assert "林＊秋" not in html
    assert "证书有效的陪诊师 1 名" in html


def test_what_is_not_published_is_not_there(client: PageClient) -> None:
    row = rows.page(rows.institution(), published=False)
    assert client.get(f"/directory/{row.id}").status_code == 404
    assert "示例护理院" not in client.page("/directory")


def test_insurance_that_has_run_out_is_said(client: PageClient) -> None:
    row = rows.page(rows.institution(), insured_until=training.today() - timedelta(days=1))
    assert "保险已过期" in client.page(f"/directory/{row.id}")


@pytest.mark.usefixtures("mid_window")
def test_nobody_copies_it_all(client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.directory.views.public.MOST_PAGES", 3)
    assert [client.get("/directory").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_as_many_queries_for_one_as_for_twenty(client: PageClient) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    rows.page(rows.institution("示例机构院"))
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        client.page("/directory")
        for_one = len(asked)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    for number in range(19):
        rows.page(rows.institution(f"示例机构院{number:02d}"))
    asked.clear()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.page("/directory").count("plain-link") == 20
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) == for_one

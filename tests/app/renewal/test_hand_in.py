"""Handing in: windows, what is missing, the code of conduct, the lot of the audit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models.complaints import Complaint
from app.models.journal import AuditLine, OutboxMessage
from app.models.renewal import Renewal
from app.renewal import handing_in
from app.renewal.refusing import RenewalRefused
from tests import factories
from tests.app.awards import rows as awards
from tests.app.renewal import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


def _renewals() -> list[Renewal]:
    return list(db.session.scalars(select(Renewal)))


def test_it_works(client: PageClient) -> None:
    row = rows.certificate()
    rows.complete(row)
    client.sign_in(row.user)
    path = f"/my/renewal/{row.id}/hand-in"
    assert path in client.page("/my/renewal")
    assert "行为守则" in client.page(path)
    client.send(path, {"conduct": "y", "version": "1"})
    renewal = _renewals()[0]
    assert renewal.state == "handed_in"
    assert renewal.figures["handed_in"]["hours"]["law"] == [8, 8]
    assert len(renewal.learning) == len(rows.HOURS)
    assert "等协会核对" in client.page("/my/renewal")
    said = {line.action for line in db.session.scalars(select(AuditLine))}
    assert "renewal.handed_in" in said


def test_the_button_pressed_twice_is_one_application(client: PageClient) -> None:
    row = rows.certificate()
    rows.complete(row)
    client.sign_in(row.user)
    for _ in range(2):
        client.send(f"/my/renewal/{row.id}/hand-in", {"conduct": "y", "version": "1"})
    assert len(_renewals()) == 1


@pytest.mark.parametrize(
    ("days_left", "sentence"),
    [(91, "还没有到续期的时候"), (-181, "现在是“已过期”")],
)
def test_outside_the_window_it_is_not_taken(app: object, days_left: int, sentence: str) -> None:
    row = rows.certificate(days_left)
    rows.complete(row)
    with pytest.raises(RenewalRefused, match=sentence):
        handing_in.hand_in(row, "1", actor=row.user, now=clock.now())


@pytest.mark.parametrize("days_left", [90, 0, -1, -180])
def test_inside_the_window_it_is(app: object, days_left: int) -> None:
    row = rows.certificate(days_left)
    assert rows.handed_in(row).state == "handed_in"


def test_what_is_missing_is_named(app: object) -> None:
    row = rows.certificate()
    rows.learn(row.user, "law", 3, 9)
    with pytest.raises(RenewalRefused) as refusal:
        handing_in.hand_in(row, "1", actor=row.user, now=clock.now())
    assert "法律与职业道德还差 1 课时" in refusal.value.sentence
    assert "陪诊还差 30 次，或 60 小时" in refusal.value.sentence


def test_an_old_code_of_conduct_is_not_signed(app: object) -> None:
    row = rows.certificate()
    rows.complete(row)
    with pytest.raises(RenewalRefused, match="新的一版"):
        handing_in.hand_in(row, "0", actor=row.user, now=clock.now())


def test_a_suspended_certificate_is_not_renewed(app: object) -> None:
    row = rows.certificate()
    rows.complete(row)
    awards.change(row, "suspended", factories.user())
    with pytest.raises(RenewalRefused, match="已暂停"):
        handing_in.hand_in(row, "1", actor=row.user, now=clock.now())


def test_an_open_complaint_stands_in_the_way(app: object) -> None:
    row = rows.certificate()
    rows.complete(row)
    today = clock.shanghai_date(clock.now())
    factories.save(
        Complaint(
            number="T2026-1",
            form_key="k",
            receipt_hash="h",
            certificate_id=row.id,
            kind="safety",
            state="open",
            filed_at=clock.now(),
            accept_by=today,
            answer_by=today,
        )
    )
    with pytest.raises(RenewalRefused, match="投诉还在核查"):
        handing_in.hand_in(row, "1", actor=row.user, now=clock.now())


def test_who_is_drawn_and_has_no_proofs_gets_it_back_at_once(app: object) -> None:
    row = rows.certificate()
    rows.complete(row, proved=False)
    renewal = handing_in.hand_in(row, "1", actor=row.user, now=clock.now(), lot=rows.ALWAYS)
    db.session.commit()
    assert (renewal.state, renewal.audited) == ("returned", True)
    assert "有 6 条课时还没有证明" in renewal.reason
    told = db.session.scalars(select(OutboxMessage.kind)).all()
    assert "award.renewal_returned" in told


def test_the_lot_is_not_drawn_again(app: object) -> None:
    row = rows.certificate()
    rows.complete(row, proved=False)
    first = handing_in.hand_in(row, "1", actor=row.user, now=clock.now(), lot=rows.ALWAYS)
    db.session.commit()
    again = handing_in.hand_in(row, "1", actor=row.user, now=clock.now(), lot=rows.NOBODY)
    assert again.id == first.id
    assert again.audited
    assert again.state == "returned"


def test_who_handed_in_in_time_may_add_after_the_grace(app: object) -> None:
    row = rows.certificate(-170)
    rows.complete(row, proved=False)
    handing_in.hand_in(row, "1", actor=row.user, now=clock.now(), lot=rows.ALWAYS)
    row.valid_until = rows.until(row) - timedelta(days=30)
    db.session.commit()
    again = handing_in.hand_in(row, "1", actor=row.user, now=clock.now())
    assert again.state == "returned"  # still without proofs, but not refused as too late


def test_hours_of_an_earlier_renewal_do_not_count_again(app: object) -> None:
    renewal = rows.handed_in()
    renewal.state = "granted"
    db.session.commit()
    with pytest.raises(RenewalRefused, match="还没有齐"):
        handing_in.hand_in(
            renewal.certificate, "1", actor=renewal.user, now=clock.now(), lot=rows.NOBODY
        )


def test_who_may(client: PageClient) -> None:
    row = rows.certificate()
    path = f"/my/renewal/{row.id}/hand-in"
    assert client.get(path).status_code == 302
    client.sign_in(factories.user())
    assert client.get(path).status_code == 404
    client.send(path, {"conduct": "y", "version": "1"})
    assert _renewals() == []

"""The public notice and objections: shown masked, taken without an account, holding the decision."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock, rulebook
from app.applications import noticing, objecting
from app.awards import deciding
from app.awards.refusals import AwardRefused
from app.extensions import db
from app.models.applications import NoticeEntry, Objection, PublicNotice
from app.models.awards import Certificate, Decision
from app.models.people import Role, User
from tests import factories
from tests.app.awards import rows
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows
TEXT = "去年十月她收了我母亲两千块红包，有转账记录。"


@pytest.fixture
def decision(client: PageClient) -> Decision:
    """Somebody who is proposed."""
    return rows.proposal()


@pytest.fixture
def registrar(client: PageClient) -> PageClient:
    """Who publishes; somebody else proposed."""
    return client.sign_in(factories.user(Role.REGISTRAR))


@pytest.fixture
def stranger(client: PageClient) -> PageClient:
    """A phone without an account."""
    return PageClient(client.application)


def _publish(registrar: PageClient, decision: Decision, days: object = 5) -> PublicNotice | None:
    class_id = rows.class_of(decision).id
    registrar.send(f"/awards/classes/{class_id}/notice", {"days": str(days)})
    db.session.expire_all()
    return db.session.scalars(select(PublicNotice)).first()


def _ask_for_days(days: int) -> None:
    rulebook.set_value(
        "award.notice_days",
        days,
        from_date=training.today(),
        source="章程",
        official=True,
        actor=None,
        now=clock.now(),
    )
    db.session.commit()


def _over(notice: PublicNotice) -> None:
    notice.from_day -= timedelta(days=10)
    notice.until_day = training.today() - timedelta(days=1)
    db.session.commit()


def _may_grant(decision: Decision, certifier: User) -> str:
    """Return why the grant is refused; empty when it is not."""
    try:
        deciding.may_grant(decision, actor=certifier, now=clock.now())
    except AwardRefused as refusal:
        return refusal.sentence
    finally:
        db.session.rollback()
    return ""


def test_it_works(
    registrar: PageClient, stranger: PageClient, client: PageClient, decision: Decision
) -> None:
    """Published, objected to, answered as unfounded, over: then granted; nothing but masked names."""
    _ask_for_days(5)
    certifier = factories.user(Role.CERTIFIER)
    assert "还没有公示" in _may_grant(decision, certifier)
    notice = _publish(registrar, decision)
    assert notice is not None
    assert "正在公示" in _may_grant(decision, certifier)
    listed = stranger.page("/public-notices")
    assert rows.class_of(decision).title in listed
    path = f"/public-notices/{notice.id}"
    answer = stranger.get(path)
    page = answer.get_data(as_text=True)
    assert "林＊秋" in page
    assert "林知秋" not in page
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    entry = notice.entries[0]
    asked = f"{path}/{entry.id}"
    assert "任何" in listed
    assert "林＊秋" in stranger.page(asked)
    given = stranger.post(asked, data={"text": TEXT, "contact": "13800001234"})
    assert given.status_code == 200
    row = db.session.scalars(select(Objection)).one()
    assert row.code in given.get_data(as_text=True)
    assert "13800001234" not in row.contact_sealed
    assert "有人提了异议" in _may_grant(decision, certifier)
    desk = PageClient(client.application).sign_in(certifier)
    shown = desk.page(f"/objections/{row.id}")
    assert TEXT in shown
    assert "13800001234" in shown
    said = "查了转账记录，是代付的检查费，有收据，双方确认。"
    desk.send(f"/objections/{row.id}", {"outcome": "dismissed", "answer": said})
    found = stranger.post("/public-notices/answers", data={"code": row.code})
    assert said in found.get_data(as_text=True)
    assert "正在公示" in _may_grant(decision, certifier)
    _over(notice)
    assert _may_grant(decision, certifier) == ""


def test_found_right(registrar: PageClient, client: PageClient, decision: Decision) -> None:
    """An objection that is right keeps the certificate back for good; refusing stays possible."""
    notice = _publish(registrar, decision)
    assert notice is not None
    row = objecting.file(notice.entries[0], TEXT, "", network="n", now=clock.now())
    db.session.commit()
    certifier = factories.user(Role.CERTIFIER)
    desk = PageClient(client.application).sign_in(certifier)
    desk.send(f"/objections/{row.id}", {"outcome": "upheld", "answer": "转账记录属实，本人承认。"})
    _over(notice)
    assert "异议成立" in _may_grant(decision, certifier)
    desk.send(f"/awards/decisions/{decision.id}/decide", {"decision": "grant"})
    assert db.session.scalar(select(func.count(Certificate.id))) == 0
    refusal = {"decision": "refuse", "reason": "收受红包属实"}
    desk.send(f"/awards/decisions/{decision.id}/decide", refusal)
    db.session.expire_all()
    assert decision.state == "refused"


@pytest.mark.parametrize(("days", "asked"), [("0", 0), ("2", 3), ("99", 0), ("x", 0), ("", 0)])
def test_days_that_cannot_be(
    registrar: PageClient, decision: Decision, days: str, asked: int
) -> None:
    """Fewer than the rules ask, none, or no number: not published."""
    if asked:
        _ask_for_days(asked)
    assert _publish(registrar, decision, days) is None
    assert "没有公示" in registrar.page(f"/awards/classes/{rows.class_of(decision).id}")


def test_published_once(registrar: PageClient, decision: Decision) -> None:
    """Pressed twice: one notice, one entry."""
    _publish(registrar, decision)
    _publish(registrar, decision)
    assert db.session.scalar(select(func.count(NoticeEntry.id))) == 1
    assert db.session.scalar(select(func.count(PublicNotice.id))) == 1


def test_after_the_last_day(
    registrar: PageClient, stranger: PageClient, decision: Decision
) -> None:
    """Nothing is taken any more, and it is said how to complain; a month later the list is gone."""
    notice = _publish(registrar, decision)
    assert notice is not None
    path = f"/public-notices/{notice.id}/{notice.entries[0].id}"
    _over(notice)
    assert "这里不再收异议" in stranger.page(path)
    assert stranger.post(path, data={"text": TEXT}).status_code != 200
    assert db.session.scalar(select(func.count(Objection.id))) == 0
    notice.until_day = training.today() - timedelta(days=31)
    db.session.commit()
    assert stranger.get(f"/public-notices/{notice.id}").status_code == 404


@pytest.mark.usefixtures("mid_window")
def test_machines_and_floods(
    registrar: PageClient, stranger: PageClient, decision: Decision
) -> None:
    """The hidden field keeps nothing; the same words twice are one; the twenty-first is asked to wait."""
    notice = _publish(registrar, decision)
    assert notice is not None
    path = f"/public-notices/{notice.id}/{notice.entries[0].id}"
    stranger.post(path, data={"text": TEXT, "website": "http://x"})
    assert db.session.scalar(select(func.count(Objection.id))) == 0
    for _click in range(2):
        assert stranger.post(path, data={"text": TEXT}).status_code == 200
    assert db.session.scalar(select(func.count(Objection.id))) == 1
    for number in range(objecting.FROM_ONE_PLACE - 1):
        assert stranger.post(path, data={"text": f"{TEXT}{number}"}).status_code == 200
    assert stranger.post(path, data={"text": f"{TEXT}还有"}).status_code == 429
    assert stranger.post(path, data={"text": "太短"}).status_code == 400


def test_a_wrong_receipt(stranger: PageClient) -> None:
    """Nothing is said of what there is; guessing ends."""
    assert "回执号" in stranger.page("/public-notices/answers")
    for _try in range(3):
        answer = stranger.post("/public-notices/answers", data={"code": "abcdefghij"})
        assert answer.status_code == 404
        assert "查不到" in answer.get_data(as_text=True)


def test_who_answers(registrar: PageClient, client: PageClient) -> None:
    """Not who proposed the person, and not who is tied to them."""
    proposer = factories.user(Role.REGISTRAR)
    decision = rows.proposal(proposer=proposer)
    notice = _publish(registrar, decision)
    assert notice is not None
    row = objecting.file(notice.entries[0], TEXT, "", network="n", now=clock.now())
    db.session.commit()
    answer = {"outcome": "dismissed", "answer": "查过了，没有这样的事情。"}
    desk = PageClient(client.application).sign_in(proposer)
    assert "是你提出发证的" in desk.page(f"/objections/{row.id}")
    desk.send(f"/objections/{row.id}", answer)
    tied = factories.user(Role.CERTIFIER)
    training.teach(rows.class_of(decision), tied)
    other = PageClient(client.application).sign_in(tied)
    other.send(f"/objections/{row.id}", answer)
    db.session.expire_all()
    assert row.outcome == "open"
    trainee = PageClient(client.application).sign_in(factories.user(Role.TRAINEE))
    assert trainee.get("/objections").status_code == 403
    assert noticing.least_days(training.today()) == 0

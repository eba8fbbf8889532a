"""Suspending, reinstating, cancelling: at once where the rules allow it, and seen at the next scan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import clock, rulebook
from app.extensions import db
from app.models.awards import Certificate
from app.models.journal import AuditLine
from app.models.people import Role, ScopeKind, UserSession
from app.models.register import Hearing
from app.register import ledger
from app.register.refusals import RegisterRefused
from tests import factories
from tests.app.awards import rows
from tests.app.register import acts
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.fixture
def held(client: PageClient) -> Certificate:
    """A certificate."""
    return rows.certificate()


def test_it_works(client: PageClient, held: Certificate) -> None:
    """Suspended for safety: at once, seen by whoever scans, told to the holder, then reinstated."""
    browser, person = acts.certifier(client)
    assert "暂停" in browser.page(f"/awards/register/certificates/{held.id}")
    browser.page(f"/awards/register/certificates/{held.id}/suspend")
    assert acts.send(browser, held, "suspend", acts.SAFETY) == 302
    assert acts.statuses(held) == [("valid", ""), ("suspended", "safety")]
    page = acts.public(client, held)
    assert "已暂停" in page
    assert acts.SAFETY["reason"] not in page
    assert acts.SAFETY["reason"] in acts.told(held.user)[0]
    staff = browser.page(f"/awards/register/certificates/{held.id}")
    assert acts.SAFETY["reason"] in staff
    assert person.name in staff
    assert held.printed["name"] in browser.page("/awards/register")
    cleared = {"reason_code": "cleared", "reason": "核对了录像，老人有家属陪同"}
    assert acts.send(browser, held, "reinstate", cleared) == 302
    assert acts.statuses(held)[-1] == ("valid", "cleared")
    assert "已暂停" not in acts.public(client, held)
    assert "已恢复有效" in acts.told(held.user)[1]
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "certificate.status"))
    assert [line.details["reason_code"] for line in lines] == ["safety", "cleared"]


def test_a_suspension_with_a_last_day_ends_by_itself(
    client: PageClient, held: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the last day it holds; the next day it is valid, before any duty wrote a line."""
    browser, _person = acts.certifier(client)
    last = training.today() + timedelta(days=3)
    form = {**acts.SAFETY, "until": last.isoformat()}
    acts.send(browser, held, "suspend", form)
    acts.days_pass(monkeypatch, 3)
    assert "已暂停" in acts.public(client, held)
    acts.days_pass(monkeypatch, 1)
    assert "已暂停" not in acts.public(client, held)
    assert acts.statuses(held)[-1] == ("suspended", "safety")


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"reason_code": "safety", "reason": " "}, "请写明理由"),
        ({"reason": "x"}, "请选一个原因"),
        ({"reason_code": "no_such", "reason": "x"}, ""),
        ({"reason_code": "term_over", "reason": "x"}, ""),
    ],
)
def test_incomplete(
    client: PageClient, held: Certificate, form: dict[str, str], sentence: str
) -> None:
    """Nothing changes without a reason in a code and in words."""
    browser, _person = acts.certifier(client)
    answer = browser.send(f"/awards/register/certificates/{held.id}/suspend", form)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert acts.statuses(held) == [("valid", "")]


def test_a_day_behind_is_refused(client: PageClient, held: Certificate) -> None:
    """A suspension cannot have ended before it began."""
    browser, _person = acts.certifier(client)
    yesterday = (training.today() - timedelta(days=1)).isoformat()
    acts.send(browser, held, "suspend", {**acts.SAFETY, "until": yesterday})
    assert acts.statuses(held) == [("valid", "")]
    assert "不能早于今天" in browser.page(f"/awards/register/certificates/{held.id}")


def test_cancelled_at_the_holders_wish_is_final(client: PageClient, held: Certificate) -> None:
    """Without a hearing; afterwards nothing is offered and nothing done."""
    browser, _person = acts.certifier(client)
    wish = {"reason_code": "holder_wish", "reason": "本人来信"}
    assert acts.send(browser, held, "cancel", wish) == 302
    assert acts.send(browser, held, "suspend", acts.SAFETY) == 302
    assert acts.statuses(held) == [("valid", ""), ("cancelled", "holder_wish")]
    page = browser.page(f"/awards/register/certificates/{held.id}")
    assert "改动状态" not in page
    assert "已注销" in acts.public(client, held)
    assert browser.get(f"/awards/register/certificates/{held.id}/suspend").status_code == 302


def test_who_taught_the_holder_changes_nothing(client: PageClient, held: Certificate) -> None:
    """Impartiality holds for every change, and the page says so before the form."""
    browser, teacher = acts.certifier(client)
    training.teach(rows.class_of(held.decision), teacher)
    assert "教过这位学员" in browser.page(f"/awards/register/certificates/{held.id}/suspend")
    acts.send(browser, held, "suspend", acts.SAFETY)
    assert acts.statuses(held) == [("valid", "")]


def test_asks_for_the_password_again(client: PageClient, held: Certificate) -> None:
    """An old sign-in changes nothing."""
    browser, _person = acts.certifier(client)
    db.session.query(UserSession).update({"confirmed_at": clock.now() - timedelta(hours=2)})
    db.session.commit()
    for act in ("suspend", "withdraw"):
        assert browser.get(f"/awards/register/certificates/{held.id}/{act}").status_code == 302
        assert acts.send(browser, held, act, acts.SAFETY) == 403
    assert acts.statuses(held) == [("valid", "")]


def test_replacing(client: PageClient, held: Certificate) -> None:
    """The door for renewals: refused while suspended, for else a new card would end the suspension."""
    actor, now = factories.user(Role.CERTIFIER), clock.now()
    renewed: dict[str, Any] = {
        "reason_code": "renewed",
        "reason": "续期",
        "actor": actor,
        "now": now,
    }
    ledger.enter(held, "suspended", reason_code="safety", reason="x", actor=actor, now=now)
    with pytest.raises(RegisterRefused, match="暂停着"):
        ledger.enter(held, "replaced", **renewed)
    ledger.enter(held, "valid", reason_code="cleared", reason="x", actor=actor, now=now)
    ledger.enter(held, "replaced", **renewed)
    db.session.commit()
    assert acts.statuses(held)[-1] == ("replaced", "renewed")
    assert "已更换" in acts.public(client, held)
    with pytest.raises(RegisterRefused, match="已更换"):
        ledger.enter(held, "valid", reason_code="cleared", reason="x", actor=actor, now=now)
    with pytest.raises(KeyError):
        ledger.enter(held, "replaced", reason_code="safety", reason="x", actor=actor, now=now)


def test_the_rule_decides_what_comes_at_once(client: PageClient, held: Certificate) -> None:
    """Where the association wants every suspension announced, safety is announced too."""
    rulebook.set_value(
        "register.at_once",
        {"safety": False, "investigation": False},
        from_date=training.today(),
        source="章程",
        official=True,
        actor=None,
        now=clock.now(),
    )
    db.session.commit()
    browser, _person = acts.certifier(client)
    acts.send(browser, held, "suspend", acts.SAFETY)
    assert acts.statuses(held) == [("valid", "")]
    assert acts.hearing().state == "open"


def test_who_may(client: PageClient, held: Certificate) -> None:
    """Reading: who reads awards. Changing: certifiers, in scope. The holder's page: the holder."""
    page = f"/awards/register/certificates/{held.id}"
    readers = {Role.CERTIFIER, Role.REGISTRAR, Role.AUDITOR}
    for role in Role:
        browser = PageClient(client.application).sign_in(factories.user(role))
        wanted = 200 if role in readers else 403
        assert browser.get(page).status_code == wanted, role
        assert browser.get("/awards/register").status_code == wanted, role
        assert browser.get(f"/my/certificates/{held.id}/life").status_code == 404, role
        if role is not Role.CERTIFIER:
            assert acts.send(browser, held, "suspend", acts.SAFETY) == 403, role
    factories.district("310101")
    outside, _person = acts.certifier(client, scope=(ScopeKind.DISTRICT, "310101"))
    assert outside.get(page).status_code == 404
    assert outside.get(f"{page}/suspend").status_code == 404
    assert acts.send(outside, held, "suspend", acts.SAFETY) == 404
    assert held.printed["name"] not in outside.page("/awards/register")
    assert outside.get("/awards/register/certificates/x").status_code == 404
    inside, _person = acts.certifier(client)
    assert inside.get(f"{page}/burn").status_code == 404
    assert acts.statuses(held) == [("valid", "")]


def test_suspended_twice_is_suspended_once(client: PageClient, held: Certificate) -> None:
    """The same again is that act: one line, one hearing, one message. Another reason is another."""
    browser, _person = acts.certifier(client)
    for _time in range(2):
        assert acts.send(browser, held, "suspend", acts.SAFETY) == 302
    assert acts.statuses(held) == [("valid", ""), ("suspended", "safety")]
    assert len(acts.told(held.user)) == 1
    assert len(db.session.scalars(select(Hearing)).all()) == 1
    acts.send(browser, held, "suspend", {**acts.SAFETY, "reason": "又有人投诉"})
    assert len(acts.statuses(held)) == 3

"""Checking and deciding: by two people, line by line, and a new certificate at the end."""

from __future__ import annotations

import errno
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.awards import files
from app.awards.refusals import CannotIssue
from app.extensions import db
from app.models.awards import Certificate, Decision, StatusChange
from app.models.bulk import TakenNumber
from app.models.credentials import Credential
from app.models.journal import AuditLine, OutboxMessage
from app.models.people import Role, ScopeKind
from app.models.renewal import Renewal
from app.renewal import granting, handing_in
from certificates.renewal import last_day
from tests import factories
from tests.app.renewal import rows
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows


def _again(row: Renewal) -> Renewal:
    db.session.expire_all()
    return db.session.get_one(Renewal, row.id)


def test_it_works(client: PageClient) -> None:
    renewal = rows.handed_in(audited=True)
    here = f"/renewals/{renewal.id}"
    client.sign_in(factories.user(Role.REGISTRAR))
    assert renewal.user.name in client.page("/renewals")
    assert "抽中了随机抽查" in client.page(here)
    client.send(f"{here}/pass-on")
    assert _again(renewal).state == "handed_in"  # drawn: every line has to be looked at
    for entry in renewal.learning:
        assert client.get(f"/renewal/proofs/learning/{entry.id}").status_code == 200
        client.send(f"{here}/entries/learning/{entry.id}", {"checked": "accepted"})
    client.send(f"{here}/pass-on")
    assert _again(renewal).state == "checked"
    client.sign_in(factories.user(Role.CERTIFIER))
    assert "发新证" in client.page(f"{here}/grant")
    client.send(f"{here}/grant")
    granted = _again(renewal)
    assert granted.state == "granted"
    old = granted.certificate
    new = db.session.get_one(Certificate, granted.new_certificate_id)
    assert old.status == "replaced"
    assert new.valid_from == training.today()
    assert new.valid_until == last_day(rows.until(old) + timedelta(days=1), 3)
    assert new.printed["valid_until"] == new.valid_until.isoformat()
    assert files.read(new).startswith(b"%PDF-")
    line = db.session.scalars(
        select(StatusChange).where(StatusChange.certificate_id == old.id, StatusChange.number == 2)
    ).one()
    assert (line.status, line.reason_code) == ("replaced", "renewed")
    decision = db.session.get_one(Decision, new.decision_id)
    assert (decision.state, decision.proposed_by_id) == ("renewed", granted.checked_by_id)
    assert client.page(f"/awards/decisions/{decision.id}")
    assert "已续期" in client.page("/awards")
    told = [one.text for one in db.session.scalars(select(OutboxMessage))]
    assert any(new.printed["number_grouped"] in text for text in told)


def test_granting_twice_gives_one_certificate(app: object) -> None:
    renewal = rows.checked()
    certifier = factories.user(Role.CERTIFIER)
    first = granting.grant(renewal, actor=certifier, now=clock.now())
    db.session.commit()
    again = granting.grant(renewal, actor=certifier, now=clock.now())
    assert again.id == first.id
    assert len(db.session.scalars(select(Certificate)).all()) == 2


def test_a_renewed_one_is_entered_as_any_other(
    app: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its number is written down when it is taken: a try that fails keeps it for the next."""
    renewal = rows.checked()
    certifier = factories.user(Role.CERTIFIER)
    with monkeypatch.context() as patch:
        patch.setattr("app.blobs.write", _no_room)
        with pytest.raises(CannotIssue):
            granting.grant(renewal, actor=certifier, now=clock.now())
    taken = db.session.scalars(select(TakenNumber)).one()
    new = granting.grant(renewal, actor=certifier, now=clock.now())
    db.session.commit()
    assert (new.number, new.decision_id) == (taken.number, taken.decision_id)
    assert db.session.scalar(select(func.count(TakenNumber.number))) == 1
    assert db.session.get(Credential, new.id) is not None
    assert files.read(new).startswith(b"%PDF")
    lines = select(AuditLine.details).where(
        AuditLine.action == "certificate.issued", AuditLine.object_id == new.id
    )
    said = {"sha256": new.pdf_sha256, "follows": renewal.certificate_id}
    assert db.session.scalars(lines).all() == [said]


def _no_room(*_given: object) -> None:
    raise OSError(errno.ENOSPC, "full")


def test_late_in_the_grace_the_anniversary_stays(app: object) -> None:
    renewal = rows.checked(rows.handed_in(rows.certificate(-100)))
    new = granting.grant(renewal, actor=factories.user(Role.CERTIFIER), now=clock.now())
    until = rows.until(renewal.certificate)
    assert new.valid_until == last_day(until + timedelta(days=1), 3)


def test_a_line_that_was_struck_does_not_count(client: PageClient) -> None:
    renewal = rows.handed_in()
    entry = next(one for one in renewal.learning if one.category == "cpr")
    client.sign_in(factories.user(Role.REGISTRAR))
    here = f"/renewals/{renewal.id}"
    answer = client.send(f"{here}/entries/learning/{entry.id}", {"checked": "struck"})
    assert answer.status_code == 302
    db.session.expire_all()
    assert entry.checked == ""  # without a reason nothing is struck
    client.send(
        f"{here}/entries/learning/{entry.id}", {"checked": "struck", "remark": "证明不是本人的"}
    )
    client.send(f"{here}/pass-on")
    assert _again(renewal).state == "handed_in"
    client.send(f"{here}/return", {"reason": "请补一次心肺复苏复训。"})
    assert _again(renewal).state == "returned"
    client.sign_in(renewal.user)
    page = client.page("/my/renewal")
    assert "证明不是本人的" in page
    assert "请补一次心肺复苏复训" in page
    rows.learn(renewal.user, "cpr", 4, 2)
    again = handing_in.hand_in(
        renewal.certificate, "1", actor=renewal.user, now=clock.now(), lot=rows.NOBODY
    )
    assert (again.id, again.state) == (renewal.id, "handed_in")


def test_nobody_decides_on_what_they_checked(client: PageClient) -> None:
    both = factories.user(Role.REGISTRAR, Role.CERTIFIER)
    renewal = rows.checked(registrar=both)
    client.sign_in(both)
    assert "要由别人来决定" in client.page(f"/renewals/{renewal.id}")
    client.send(f"/renewals/{renewal.id}/grant")
    assert _again(renewal).state == "checked"


def test_who_employs_the_holder_keeps_away(client: PageClient) -> None:
    renewal = rows.handed_in()
    registrar = factories.user(Role.REGISTRAR)
    employer = factories.organisation("institution")
    factories.employ(registrar, employer, "manager")
    factories.employ(renewal.user, employer)
    client.sign_in(registrar)
    client.send(f"/renewals/{renewal.id}/pass-on")
    assert _again(renewal).state == "handed_in"


def test_a_refusal_says_why_and_leaves_the_hours(client: PageClient) -> None:
    renewal = rows.checked()
    client.sign_in(factories.user(Role.CERTIFIER))
    assert client.send(f"/renewals/{renewal.id}/refuse", {"reason": ""}).status_code == 400
    client.send(f"/renewals/{renewal.id}/refuse", {"reason": "陪诊记录核实不了。"})
    assert _again(renewal).state == "refused"
    client.sign_in(renewal.user)
    assert "陪诊记录核实不了" in client.page("/my/renewal")
    assert "还差什么" not in client.page("/my/renewal")


def test_who_may(client: PageClient) -> None:
    renewal = rows.handed_in()
    here = f"/renewals/{renewal.id}"
    for role in Role:
        client.sign_in(factories.user(role))
        reads = role in {Role.CERTIFIER, Role.REGISTRAR, Role.AUDITOR}
        assert client.get("/renewals").status_code == (200 if reads else 403), role
        assert client.get(here).status_code == (200 if reads else 403), role
        if role is not Role.REGISTRAR:
            assert client.send(f"{here}/pass-on").status_code == 403, role
        if role is not Role.CERTIFIER:
            assert client.send(f"{here}/grant").status_code == 403, role
    elsewhere = factories.district("310101").code
    client.sign_in(factories.user(Role.REGISTRAR, scope=(ScopeKind.DISTRICT, elsewhere)))
    assert client.get(here).status_code == 404
    assert client.send(f"{here}/pass-on").status_code == 404
    assert _again(renewal).state == "handed_in"

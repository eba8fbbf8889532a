"""The state checker: finds what cannot be, says the repair, does it once asked, and keeps a log."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app import blobs, clock, jobs
from app.extensions import db
from app.models.awards import Certificate, CertificateSerial, Decision, StatusChange
from app.models.exams import Result
from app.models.journal import AuditLine
from app.models.people import Role, ScopeKind
from app.models.register import RegisterRepair
from app.register import finding, repairing
from app.register.refusals import RegisterRefused
from tests import factories
from tests.app.awards import rows
from tests.app.register import acts
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.fixture
def held(client: PageClient) -> Certificate:
    """A certificate, and a counter that knows of it."""
    row = rows.certificate()
    db.session.add(
        CertificateSerial(year=row.valid_from.year, district_code=factories.DISTRICT, last=42)
    )
    db.session.commit()
    return row


def _found() -> list[str]:
    return sorted(one.code for one in finding.find(clock.now()))


def _suspend_until_yesterday(row: Certificate) -> None:
    line = rows.change(row, "suspended", factories.user(Role.CERTIFIER))
    line.until = clock.shanghai_date(clock.now()) - timedelta(days=1)


def _expired_on_paper(row: Certificate) -> None:
    row.valid_from = date(2019, 1, 1)
    row.printed = {**row.printed, "valid_until": "2020-01-01"}


def _another_person(row: Certificate) -> None:
    row.user_id = factories.user(Role.TRAINEE).id


def _no_release(row: Certificate) -> None:
    result = db.session.get_one(Result, row.decision.result_id)
    result.released_at = None


def _undecided(row: Certificate) -> None:
    row.decision.state = "proposed"


def _after_the_end(row: Certificate) -> None:
    actor = factories.user(Role.CERTIFIER)
    rows.change(row, "withdrawn", actor)
    rows.change(row, "valid", actor, number=3)


def _line_lost(row: Certificate) -> None:
    rows.change(row, "suspended", factories.user(Role.CERTIFIER), number=3)


def _wrong_number(row: Certificate) -> None:
    row.number = row.number[:-1] + ("0" if row.number[-1] != "0" else "1")
    row.printed = {**row.printed, "number": row.number}


def _another_address(row: Certificate) -> None:
    row.token = "x" * 16


def _file_lost(row: Certificate) -> None:
    blobs.remove_bytes(row.pdf_blob_id)


def _file_changed(row: Certificate) -> None:
    blobs._path(row.pdf_blob_id).write_bytes(b"%PDF-1.7 forged")


def _marked_otherwise(row: Certificate) -> None:
    row.status = "suspended"


def _no_lines(row: Certificate) -> None:
    db.session.execute(delete(StatusChange).where(StatusChange.certificate_id == row.id))


def _counter_behind(row: Certificate) -> None:
    db.session.execute(delete(CertificateSerial))


def _no_fault(row: Certificate) -> None:
    assert row.status == "valid"


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (_no_fault, []),
        (_no_release, ["not_released"]),
        (_undecided, ["not_granted"]),
        (_another_person, ["other_person"]),
        (_after_the_end, ["out_of_order"]),
        (_line_lost, ["line_missing"]),
        (_wrong_number, ["number_wrong"]),
        (_another_address, ["number_differs"]),
        (_file_lost, ["file_damaged"]),
        (_file_changed, ["file_damaged"]),
        (_marked_otherwise, ["status_differs"]),
        (_no_lines, ["no_lines"]),
        (_counter_behind, ["serial_behind"]),
        (_suspend_until_yesterday, ["term_over"]),
        (_expired_on_paper, ["validity_differs"]),
    ],
)
def test_finds_and_mends(
    client: PageClient, held: Certificate, spoil: Callable[[Certificate], None], codes: list[str]
) -> None:
    """Each impossible record is found alone; what a machine can mend is gone after the repair."""
    spoil(db.session.get_one(Certificate, held.id))
    db.session.commit()
    assert _found() == codes
    registrar = factories.user(Role.REGISTRAR)
    for one in finding.find(clock.now()):
        assert bool(one.repair) != bool(one.advice), one
        if one.repair:
            repairing.repair(one.code, one.object_id, actor=registrar, now=clock.now())
        else:
            with pytest.raises(RegisterRefused):
                repairing.repair(one.code, one.object_id, actor=registrar, now=clock.now())
            db.session.rollback()
    db.session.commit()
    mended = {"status_differs", "no_lines", "serial_behind", "term_over", "validity_differs"}
    assert _found() == [code for code in codes if code not in mended]


def test_two_live_ones(client: PageClient, held: Certificate) -> None:
    """The older is marked replaced; the newer stays."""
    enrolment = rows.ready()
    second = rows.certificate(rows.proposal(enrolment), serial=41)
    for row in (db.session.get_one(Decision, second.decision_id), second):
        row.user_id = held.user_id
    second.scheme_id = held.scheme_id
    second.issued_at = clock.now() - timedelta(days=1)
    db.session.commit()
    found = [one for one in finding.find(clock.now()) if one.code == "live_twice"]
    assert [one.object_id for one in found] == [second.id]
    repairing.repair("live_twice", second.id, actor=factories.user(Role.REGISTRAR), now=clock.now())
    db.session.commit()
    assert acts.statuses(second)[-1] == ("replaced", "duplicate")
    assert "live_twice" not in _found()
    with pytest.raises(RegisterRefused, match="已经不在了"):
        repairing.repair(
            "live_twice", second.id, actor=factories.user(Role.REGISTRAR), now=clock.now()
        )


def test_a_grant_without_a_certificate(client: PageClient, held: Certificate) -> None:
    """It goes back to the decider."""
    lost = rows.proposal()
    lost.state, lost.decided_at = "granted", clock.now()
    db.session.commit()
    assert _found() == ["no_certificate"]
    repairing.repair(
        "no_certificate", lost.id, actor=factories.user(Role.REGISTRAR), now=clock.now()
    )
    db.session.commit()
    assert db.session.get_one(Decision, lost.id).state == "proposed"


def test_the_page(client: PageClient, held: Certificate) -> None:
    """Begun on the page, done by the worker, repaired after one more question, kept in a log."""
    _marked_otherwise(db.session.get_one(Certificate, held.id))
    db.session.commit()
    person = factories.user(Role.REGISTRAR)
    browser = PageClient(client.application).sign_in(person)
    path = "/awards/register/check"
    assert "还没有检查过" in browser.page(path)
    for _click in range(2):
        browser.send(path)
    assert "正在检查" in browser.page(path)
    assert jobs.run_next(clock.now())
    assert not jobs.run_next(clock.now())
    page = browser.page(path)
    assert held.printed["number_grouped"] in page
    question = f"{path}/repair?code=status_differs&object={held.id}"
    assert "照登记的最后一行" in browser.page(question)
    one = {"code": "status_differs", "object": held.id}
    for _click in range(2):
        browser.send(f"{path}/repair", one)
    db.session.expire_all()
    assert db.session.get_one(Certificate, held.id).status == "valid"
    (log,) = db.session.scalars(select(RegisterRepair))
    assert (log.code, log.by_id) == ("status_differs", person.id)
    page = browser.page(path)
    assert "已修复" in page
    assert person.name in page
    assert browser.get(question).status_code == 302
    actions = db.session.scalars(select(AuditLine.action))
    assert {"register.checked", "register.repaired"} <= set(actions)


def test_the_command(client: PageClient, app: Flask, held: Certificate) -> None:
    """Nothing found: 0. Something found: each in a line, and 1; `--json` says the same."""
    run = app.test_cli_runner().invoke
    clean = run(args=["certificates", "check"])
    assert clean.exit_code == 0, clean.output
    assert "没有找到问题" in clean.output
    _marked_otherwise(db.session.get_one(Certificate, held.id))
    db.session.commit()
    found = run(args=["certificates", "check"])
    assert found.exit_code == 1
    assert held.printed["number_grouped"] in found.output
    as_json = run(args=["certificates", "check", "--json"])
    assert as_json.exit_code == 1
    assert [one["code"] for one in json.loads(as_json.output)["found"]] == ["status_differs"]
    db.session.expire_all()
    assert db.session.get_one(Certificate, held.id).status == "suspended"


def test_the_command_mends_in_somebodys_name(
    client: PageClient, app: Flask, held: Certificate
) -> None:
    """A repair has a person; without one, or by one who may not, nothing is mended."""
    registrar = factories.user(Role.REGISTRAR, login_name="registrar")
    factories.user(Role.AUDITOR, login_name="auditor")
    _marked_otherwise(db.session.get_one(Certificate, held.id))
    db.session.commit()
    run = app.test_cli_runner().invoke
    for name in ("nobody", "auditor"):
        assert run(args=["certificates", "check", "--repair-as", name]).exit_code == 2
    assert _found() == ["status_differs"]
    mended = run(args=["certificates", "check", "--repair-as", "registrar"])
    assert mended.exit_code == 0, mended.output
    assert _found() == []
    assert db.session.scalars(select(RegisterRepair.by_id)).all() == [registrar.id]


def test_who_may(client: PageClient, held: Certificate) -> None:
    """Who reads the whole register checks it; only registrars mend it."""
    path = "/awards/register/check"
    readers = {Role.CERTIFIER, Role.REGISTRAR, Role.AUDITOR}
    for role in Role:
        browser = PageClient(client.application).sign_in(factories.user(role))
        assert browser.get(path).status_code == (200 if role in readers else 403), role
        wanted = 302 if role is Role.REGISTRAR else 403
        assert browser.get(f"{path}/repair").status_code == wanted, role
    factories.district("310101")
    scoped, _person = acts.certifier(client, scope=(ScopeKind.DISTRICT, "310101"))
    assert scoped.get(path).status_code == 404
    assert scoped.send(path).status_code == 404

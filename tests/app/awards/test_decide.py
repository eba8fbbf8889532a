"""The decision: by another person, untied, on what is met today; and its certificate."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import delete, select

from app import clock, rulebook
from app.awards import deciding, issuing
from app.eligibility.impartiality import Impartial
from app.extensions import db
from app.models.awards import Certificate, CertificateSerial, Decision, StatusChange
from app.models.journal import AuditLine, OutboxMessage
from app.models.people import Role, ScopeKind, User, UserSession
from app.models.scheme import DatedSetting
from app.models.training import PracticalAssessment
from certificates import numbers
from tests import factories
from tests.app.awards import rows
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows
GRANT = {"decision": "grant"}


@pytest.fixture
def certifier(client: PageClient) -> User:
    """Somebody who may decide."""
    return factories.user(Role.CERTIFIER)


def _path(decision: Decision) -> str:
    return f"/awards/decisions/{decision.id}/decide"


def _certificates() -> list[Certificate]:
    db.session.expire_all()
    return list(db.session.scalars(select(Certificate)))


def _scan(pdf: bytes) -> str:
    """Read the code from a picture of the page, as a phone would."""
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 1
        picture = document[0].render(scale=2).to_pil()
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)


def test_it_works(client: PageClient, certifier: User) -> None:
    """Granted, numbered, drawn, downloaded, scanned, opened; withdrawn, and the verdict changes."""
    enrolment = rows.ready()
    holder = enrolment.user
    rows.give_photo(holder)
    rows.agree(holder, "photo_on_certificate", "photo_public")
    decision = rows.proposal(enrolment)
    client.sign_in(certifier)
    assert "决定是否发证" in client.page(_path(decision))
    for _click in range(2):
        assert client.send(_path(decision), GRANT).status_code == 302
    (row,) = _certificates()
    year = clock.shanghai_date(clock.now()).year
    assert row.number == str(numbers.compose(year, factories.DISTRICT, 1))
    assert row.decision.state == "granted"
    assert row.decision.evidence["decided"]["rules"]["theory"]["met"]
    assert row.printed["name"] == "林知秋"
    assert row.printed["hours"] == 36
    assert "sample" in row.printed
    assert not row.printed["sample"]
    assert db.session.scalars(select(StatusChange.status)).all() == ["valid"]
    assert db.session.scalars(select(OutboxMessage.user_id)).all() == [holder.id]
    assert {"award.granted", "certificate.issued"} <= set(
        db.session.scalars(select(AuditLine.action))
    )
    assert row.printed["number_grouped"] in client.page("/awards")
    own = PageClient(client.application).sign_in(holder)
    file = own.get(f"/certificates/{row.id}/file")
    assert file.mimetype == "application/pdf"
    assert hashlib.sha256(file.data).hexdigest() == row.pdf_sha256
    assert file.data == own.get(f"/certificates/{row.id}/file").data
    address = _scan(file.data)
    assert address == rows.ADDRESS + row.token == row.printed["check_address"]
    stranger = PageClient(client.application)
    path = address.removeprefix("http://localhost")
    page = stranger.page(path)
    assert "<h1" in page
    assert "有效</h1>" in page
    assert "林知秋" in page
    assert f'{path}/photo"' in page
    ending = {"reason_code": "holder_wish", "reason": "本人不再从业"}
    client.send(f"/awards/register/certificates/{row.id}/cancel", ending)
    page = stranger.page(path)
    assert "已注销</h1>" in page
    assert "有效</h1>" not in page
    assert own.get(f"/certificates/{row.id}/file").data == file.data


def test_two_at_once(client: PageClient, app: Flask) -> None:
    """Two certifiers who grant at the same moment make one certificate."""
    decision_id = rows.proposal().id
    people = [factories.user(Role.CERTIFIER).id for _ in range(2)]
    db.session.remove()

    def grant(actor_id: str) -> str:
        with app.test_request_context():
            actor = db.session.get_one(User, actor_id)
            row = db.session.get_one(Decision, decision_id)
            number = issuing.issue(row, actor=actor, now=clock.now()).number
            db.session.commit()
            return number

    with ThreadPoolExecutor(2) as pool:
        numbers_given = set(pool.map(grant, people))
    (row,) = _certificates()
    assert numbers_given == {row.number}
    # The one who came second went on with the number that was taken for this proposal.
    assert db.session.scalars(select(CertificateSerial.last)).one() == 1


def test_the_proposer_does_not_decide(client: PageClient) -> None:
    """Proposing and deciding take two people."""
    both = factories.user(Role.REGISTRAR, Role.CERTIFIER)
    decision = rows.proposal(proposer=both)
    client.sign_in(both)
    assert "这项提议是你提出的，要由别人来决定。" in client.page(_path(decision))
    client.send(_path(decision), GRANT)
    assert _certificates() == []
    assert "这项提议是你提出的" in client.page(f"/awards/decisions/{decision.id}")


def _taught(decision: Decision, person: User) -> None:
    training.teach(rows.class_of(decision), person)


def _examined(decision: Decision, person: User) -> None:
    row = db.session.query(PracticalAssessment).one()
    row.second_examiner_id = person.id
    db.session.commit()


def _employs(decision: Decision, person: User) -> None:
    employer = factories.organisation("institution")
    factories.employ(decision.user, employer)
    factories.employ(person, employer, kind="manager")


@pytest.mark.parametrize(
    ("tie", "reason"),
    [(_taught, "教过这位学员"), (_examined, "考核过这位学员"), (_employs, "负责人")],
)
@pytest.mark.parametrize("act", ["grant", "refuse"])
def test_tied(client: PageClient, certifier: User, tie, reason: str, act: str) -> None:  # type: ignore[no-untyped-def]
    """Who taught, examined or employs the person is refused, and told why."""
    decision = rows.proposal()
    tie(decision, certifier)
    client.sign_in(certifier)
    assert reason in client.page(_path(decision))
    client.send(_path(decision), {"decision": act, "reason": "不够"})
    assert _certificates() == []
    assert db.session.get_one(Decision, decision.id).state == "proposed"
    assert reason in client.page(f"/awards/decisions/{decision.id}")


def test_no_longer_ready(client: PageClient, certifier: User) -> None:
    """What was met at the proposal and is not met today stops the grant."""
    decision = rows.proposal()
    db.session.query(PracticalAssessment).update({"passed": False})
    db.session.commit()
    client.sign_in(certifier)
    client.send(_path(decision), GRANT)
    assert _certificates() == []
    page = client.page(f"/awards/decisions/{decision.id}")
    assert "条件还没有满足" in page
    assert "实操考核" in page


@pytest.mark.parametrize(("act", "state"), [("refuse", "refused"), ("return", "returned")])
def test_without_certificate(client: PageClient, certifier: User, act: str, state: str) -> None:
    """Refusing and returning need a reason, which the right person is told."""
    decision = rows.proposal()
    client.sign_in(certifier)
    answer = client.send(_path(decision), {"decision": act, "reason": "  "})
    assert answer.status_code == 400
    assert "请写明理由" in answer.text
    client.send(_path(decision), {"decision": act, "reason": "照片和本人不符"})
    client.send(_path(decision), {"decision": "grant"})
    db.session.expire_all()
    assert (decision.state, decision.decided_by_id) == (state, certifier.id)
    assert _certificates() == []
    (message,) = db.session.scalars(select(OutboxMessage))
    assert message.user_id == (decision.user_id if act == "refuse" else decision.proposed_by_id)
    assert "照片和本人不符。" in message.text


def test_nothing_chosen(client: PageClient, certifier: User) -> None:
    """An empty or forged form is refused with a sentence."""
    decision = rows.proposal()
    client.sign_in(certifier)
    assert "请选一个决定。" in client.send(_path(decision), {}).text
    assert client.send(_path(decision), {"decision": "steal"}).status_code == 400
    assert client.send(_path(decision), {**GRANT, "reason": "长" * 301}).status_code == 400
    assert _certificates() == []


def test_a_character_no_font_has(client: PageClient, certifier: User) -> None:
    """The character is named, nothing is issued, the proposal still waits; the number is spent."""
    decision = rows.proposal(rows.ready(name="林\U000323a0"))
    client.sign_in(certifier)
    client.send(_path(decision), GRANT)
    page = client.page(f"/awards/decisions/{decision.id}")
    assert "U+323A0" in page
    assert "证书没有签发，这项提议仍在等待决定。" in page
    assert _certificates() == []
    assert decision.state == "proposed"
    assert db.session.scalars(select(CertificateSerial.last)).one() == 1


def test_false_claims_are_not_issued(client: PageClient, certifier: User) -> None:
    """A title that claims a state qualification stops the issue, and no number is spent."""
    decision = rows.proposal()
    rulebook.set_value(
        "certificate.title",
        {"zh": "国家职业资格证书", "en": "Certificate"},
        from_date=clock.shanghai_date(clock.now()),
        source="test",
        official=False,
        actor=None,
        now=clock.now(),
    )
    db.session.commit()
    client.sign_in(certifier)
    client.send(_path(decision), GRANT)
    assert "不能写“国家职业”" in client.page(f"/awards/decisions/{decision.id}")
    assert _certificates() == []
    assert db.session.scalars(select(CertificateSerial)).all() == []


def test_without_an_issuer_nothing_is_issued(client: PageClient, certifier: User) -> None:
    """Who issues and where to complain must be set here; all that is missing is named at once."""
    decision = rows.proposal()
    db.session.execute(delete(DatedSetting))
    db.session.commit()
    client.sign_in(certifier)
    client.send(_path(decision), GRANT)
    page = client.page(f"/awards/decisions/{decision.id}")
    assert "还没有填发证机构名称、投诉方式" in page
    assert _certificates() == []
    assert decision.state == "proposed"
    assert db.session.scalars(select(CertificateSerial)).all() == []
    rows.name_issuer()
    client.send(_path(decision), GRANT)
    (issued,) = _certificates()
    assert issued.printed["issuer_zh"] == "示例协会"


def test_asks_for_the_password_again(client: PageClient, certifier: User) -> None:
    """An old sign-in does not decide."""
    decision = rows.proposal()
    client.sign_in(certifier)
    db.session.query(UserSession).update({"confirmed_at": clock.now() - timedelta(hours=2)})
    db.session.commit()
    assert "/confirm" in client.get(_path(decision)).location
    assert client.send(_path(decision), GRANT).status_code == 403
    assert _certificates() == []


def test_printed_without_consent(client: PageClient, certifier: User) -> None:
    """Without consent to print it, the photo does not reach the certificate."""
    enrolment = rows.ready()
    rows.give_photo(enrolment.user)
    assert rows.certificate(rows.proposal(enrolment)).photo_blob_id is None


def test_who_may(client: PageClient) -> None:
    """Only certifiers whose scope holds the class decide."""
    decision = rows.proposal()
    for role in Role:
        if role is Role.CERTIFIER:
            continue
        browser = PageClient(client.application).sign_in(factories.user(role))
        assert browser.get(_path(decision)).status_code == 403, role
        assert browser.send(_path(decision), GRANT).status_code == 403, role
    factories.district("310101")
    elsewhere = factories.user(Role.CERTIFIER, scope=(ScopeKind.DISTRICT, "310101"))
    outside = PageClient(client.application).sign_in(elsewhere)
    for path in (_path(decision), f"/awards/decisions/{decision.id}", "/awards/decisions/x"):
        assert outside.get(path).status_code == 404
    assert outside.send(_path(decision), GRANT).status_code == 404
    here = factories.user(Role.CERTIFIER, scope=(ScopeKind.DISTRICT, factories.DISTRICT))
    assert PageClient(client.application).sign_in(here).get(_path(decision)).status_code == 200
    assert _certificates() == []


def test_oneself(client: PageClient) -> None:
    """Nobody decides on their own certificate."""
    decision = rows.proposal()
    with pytest.raises(Impartial, match="本人"):
        deciding.may_decide(decision, actor=decision.user, now=clock.now())

"""Wallet card and statement of hours: for their person only, the same bytes again, honest about themselves."""

from __future__ import annotations

import hashlib
import re

import pypdfium2
import pytest
from sqlalchemy import select

from app import clock
from app.awards import cards, issuing
from app.extensions import db
from app.layouts import choosing
from app.models.awards import Certificate
from app.models.journal import AuditLine
from app.models.layouts import CertificateCard
from app.models.people import Role, User
from app.models.scheme import Scheme
from app.models.training import Enrolment, TrainingClass
from tests import factories
from tests.app.awards import rows
from tests.app.eligibility import evidence
from tests.app.layouts import rows as layouts
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows


def text_of(pdf: bytes) -> str:
    """Return the text of a PDF's first page without white space."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    texts = page.get_textpage()
    said: str = texts.get_text_bounded()
    for one in (texts, page, document):
        one.close()
    return re.sub(r"\s+", "", said)


def issued(**person: str) -> Certificate:
    """Issue a certificate as a certifier does."""
    decision = rows.proposal(rows.ready(**person))
    decision_id = decision.id
    issuing.issue(decision, actor=factories.user(Role.CERTIFIER), now=clock.now())
    db.session.commit()
    return db.session.scalars(
        select(Certificate).where(Certificate.decision_id == decision_id)
    ).one()


def test_a_card_is_drawn_once(client: PageClient) -> None:
    """It says what the certificate says; whatever is chosen later, it stays as it is."""
    held = issued()
    client.sign_in(held.user)
    path = f"/certificates/{held.id}/card"
    assert f'href="{path}"' in client.page("/my/certificates")
    first = client.get(path)
    assert first.mimetype == "application/pdf"
    said = text_of(first.data)
    for fact in ("林知秋", held.number, "不是国家职业资格证书"):
        assert fact in said
    scheme = db.session.scalars(select(Scheme.code)).one()
    other = layouts.published("card", "另一种", scan="请扫左边的码。")
    choosing.choose(scheme, "card", "card", other, actor=None, now=clock.now())
    db.session.commit()
    assert client.get(path).data == first.data
    card = db.session.scalars(select(CertificateCard)).one()
    assert card.layout == "card-v1"
    assert cards.file_of(hashlib.sha256(first.data).hexdigest()) == held.pdf_sha256
    lines = select(AuditLine).where(AuditLine.action == "certificate.card")
    assert len(db.session.scalars(lines).all()) == 1


def test_old_certificates_keep_their_layout(client: PageClient) -> None:
    """A layout published and chosen later changes the next certificate and none before it."""
    old = issued()
    client.sign_in(old.user)
    before = client.get(f"/certificates/{old.id}/file").data
    scheme = db.session.scalars(select(Scheme.code)).one()
    layout = layouts.published("portrait", "竖版", note="新版式从今天起使用。")
    choosing.choose(scheme, "certificate", "portrait", layout, actor=None, now=clock.now())
    db.session.commit()
    assert client.get(f"/certificates/{old.id}/file").data == before
    assert "新版式" not in text_of(before)
    decision = rows.proposal(_another())
    new = issuing.issue(decision, actor=factories.user(Role.CERTIFIER), now=clock.now())
    db.session.commit()
    assert new.layout == "portrait-v1.1"
    client.sign_in(new.user)
    assert "新版式从今天起使用" in text_of(client.get(f"/certificates/{new.id}/file").data)
    assert db.session.get_one(Certificate, old.id).layout == "landscape-v3"


def _another() -> Enrolment:
    """Make one more person of the same scheme ready."""
    from_class = db.session.scalars(select(TrainingClass)).unique().one()
    enrolment = training.enrol(from_class, factories.user(Role.TRAINEE, name="周安"))
    evidence.make_ready(enrolment)
    evidence.assess(enrolment)
    evidence.result(enrolment)
    return enrolment


def test_no_card_of_what_has_ended(client: PageClient) -> None:
    """Suspended or withdrawn: the page offers none and the address refuses."""
    held = issued()
    rows.change(held, "withdrawn", factories.user(Role.CERTIFIER))
    client.sign_in(held.user)
    path = f"/certificates/{held.id}/card"
    assert f'href="{path}"' not in client.page("/my/certificates")
    assert client.get(path).status_code == 409
    assert db.session.scalar(select(CertificateCard)) is None


@pytest.mark.parametrize("role", list(Role))
def test_who_may(client: PageClient, role: Role) -> None:
    """A card is its holder's alone."""
    held = rows.certificate()
    client.sign_in(factories.user(role))
    assert client.get(f"/certificates/{held.id}/card").status_code == 404


def test_a_statement_lists_what_is_on_record(client: PageClient) -> None:
    """Classes with presence and their hours; it says that it is not registered."""
    enrolment = rows.ready()
    person = db.session.get_one(User, enrolment.user_id)
    title = enrolment.training_class.title
    client.sign_in(person)
    page = client.page("/my/certificates")
    hours = re.search(r"共 ([\d.]+) 课时", page)
    assert hours
    said = text_of(client.get("/my/class-hours").data)
    assert f"共{hours[1]}课时" in said
    assert re.sub(r"\s+", "", title) in said
    assert "林知秋" in said
    assert "它没有登记，也没有查验二维码" in said
    assert person.identity is not None
    assert "不是证书" in said


def test_no_statement_without_hours(client: PageClient) -> None:
    """Nothing is offered and nothing made."""
    rows.name_issuer()
    client.sign_in(factories.user(Role.TRAINEE))
    assert "/my/class-hours" not in client.page("/my/certificates")
    assert client.get("/my/class-hours").location == "/my/certificates"
    assert "还没有" in client.page("/my/certificates")

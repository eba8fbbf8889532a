"""Rows of awards for tests: people who are ready, proposals, certificates with or without a drawn page."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from PIL import Image

from app import blobs, clock, rulebook
from app.awards import contents
from app.eligibility.panel import award_panel
from app.extensions import db
from app.models.awards import Certificate, Decision, StatusChange
from app.models.people import Consent, Role, User
from app.models.scheme import Scheme
from app.models.training import Enrolment, TrainingClass
from certificates import numbers, qr
from tests import factories
from tests.app.eligibility import evidence
from tests.app.training import rows as training
from tests.factories import save

ADDRESS = "http://localhost/c/"
SCHEME = {
    "may": [{"zh": "陪同挂号、候诊、检查、取药", "en": "Go along to register, wait and collect"}],
    "may_not": [{"zh": "替老人看病、替老人签字", "en": "Diagnose or sign for the elder"}],
}


def photo_bytes() -> bytes:
    """Return a small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (300, 400), "#cfe0e6").save(out, "JPEG")
    return out.getvalue()


def agree(person: User, *kinds: str) -> None:
    """Note consents."""
    for kind in kinds:
        save(Consent(user_id=person.id, kind=kind, version="1", given_at=clock.now()))


def give_photo(person: User) -> None:
    """Store a photo as this person's."""
    blob = save(blobs.put(photo_bytes(), media_type="image/jpeg", purpose="photo", now=clock.now()))
    person.photo_blob_id = blob.id
    db.session.commit()


def name_issuer() -> None:
    """Say who issues and where to complain, as an installation does before its first certificate."""
    for name in contents.OURS_TO_SAY:
        if not rulebook.is_set(name, training.today()):
            rulebook.set_value(
                name,
                {"zh": "示例协会", "en": "Example Association"},
                from_date=training.today() - timedelta(days=3650),
                source="章程",
                official=True,
                actor=None,
                now=clock.now(),
            )
    db.session.commit()


def ready(**person: Any) -> Enrolment:
    """Make somebody who has all that a certificate needs, by people who do not matter here."""
    name_issuer()
    person.setdefault("name", "林知秋")
    person.setdefault("name_latin", "LIN Zhiqiu")
    enrolment = training.enrol(training.training_class(), factories.user(Role.TRAINEE, **person))
    scheme = db.session.get_one(Scheme, enrolment.training_class.scheme_id)
    scheme.body = SCHEME
    evidence.make_ready(enrolment)
    evidence.assess(enrolment)
    evidence.result(enrolment)
    return enrolment


def proposal(enrolment: Enrolment | None = None, proposer: User | None = None) -> Decision:
    """Make a proposal that waits."""
    enrolment = enrolment or ready()
    panel = award_panel(enrolment, training.today())
    row: Decision = save(
        Decision(
            user_id=enrolment.user_id,
            enrolment_id=enrolment.id,
            scheme_id=enrolment.training_class.scheme_id,
            result_id=panel.result_id,
            assessment_id=panel.assessment_id,
            evidence={"proposed": {"on": "2026-01-01", "rules": panel.evidence()}},
            proposed_by_id=(proposer or factories.user(Role.REGISTRAR)).id,
            proposed_at=clock.now(),
        )
    )
    return row


def certificate(
    decision: Decision | None = None, *, valid_from: date | None = None, serial: int = 42
) -> Certificate:
    """Make a certificate whose stored file is only a few bytes: for all that is not about drawing."""
    decision = decision or proposal()
    first = valid_from or training.today()
    number = numbers.compose(first.year, factories.DISTRICT, serial)
    certifier, now = factories.user(Role.CERTIFIER), clock.now()
    made = contents.read(decision, number, qr.new_token(), first)
    pdf = save(
        blobs.put(b"%PDF-1.7 a page", media_type="application/pdf", purpose="certificate", now=now)
    )
    decision.state, decision.decided_by_id, decision.decided_at = "granted", certifier.id, now
    decision.evidence = {**decision.evidence, "decided": decision.evidence["proposed"]}
    row: Certificate = save(
        Certificate(
            decision_id=decision.id,
            user_id=decision.user_id,
            scheme_id=made.scheme_id,
            number=str(number),
            token=made.token,
            printed=made.printed(),
            photo_blob_id=made.photo_blob_id,
            pdf_blob_id=pdf.id,
            pdf_sha256=pdf.sha256,
            layout="landscape-v1",
            valid_from=made.data.valid_from,
            valid_until=made.data.valid_until,
            issued_at=now,
        )
    )
    change(row, "valid", certifier, number=1)
    return row


def change(row: Certificate, status: str, actor: User, *, number: int = 2) -> StatusChange:
    """Add a line to the register."""
    row.status = status
    line: StatusChange = save(
        StatusChange(
            certificate_id=row.id,
            number=number,
            status=status,
            reason="" if number == 1 else "核实后收回",
            by_id=actor.id,
            at=clock.now() - timedelta(seconds=1),
        )
    )
    return line


def class_of(decision: Decision) -> TrainingClass:
    """Return the class a proposal belongs to."""
    enrolment = db.session.get_one(Enrolment, decision.enrolment_id)
    return db.session.get_one(TrainingClass, enrolment.class_id)

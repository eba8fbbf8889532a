"""Real objects of the demonstration for every address that names one.

Kept by the name of the address's part, with exceptions by endpoint. A route with a part that
stands in neither table fails the guard that asks, so that a new route says what it is about.
"""

from __future__ import annotations

import io
import secrets
from datetime import timedelta
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.routing import Rule

from app import blobs, clock, jobs
from app.accounts import inviting
from app.bank import change_making, changing, export_jobs, exporting, importing, media
from app.bank.changing import Wish
from app.checking import reports
from app.demo.accounts import person
from app.extensions import db
from app.models.awards import Certificate
from app.models.bank import ExamBlueprint, QuestionEntry, ReviewComment
from app.models.exams import Attempt, Booking
from app.models.finishing import CompletionList
from app.models.journal import ClockAlarm, Job, OutboxMessage
from app.models.layouts import CertificateLayout
from app.models.learning import LessonVersion
from app.models.people import RoleGrant, ScopeKind, User, UserSession
from app.models.practicum import PracticumSupervisor, PracticumVisit
from app.models.room import Incident, MisconductCase, MisconductStep, QuestionComment
from app.models.studying import PriorLearning
from app.models.training import ClassInstructor, Enrolment, PracticalSignOff, TrainingClass
from app.practicum import signing
from question_bank.readers.collecting import Defaults
from tests.app.whole import award_rows, register_rows, renewal_rows, training_rows

# An object with one of these parts lies in a district; the others belong to all districts.
PLACED = frozenset(
    {
        "appeal_id",
        "application_id",
        "attempt_id",
        "batch_id",
        "booking_id",
        "case_id",
        "certificate_id",
        "class_id",
        "complaint_id",
        "correction_id",
        "decision_id",
        "enrolment_id",
        "hearing_id",
        "renewal_id",
        "sitting_id",
        "list_id",
        "objection_id",
        "place_id",
        "supervisor_id",
        "visit_id",
    }
)
WORDS = frozenset({"act", "design", "document", "kind", "sample", "ticket", "way", "which"})
"""Parts that choose an act or a purpose: no ids. A ticket that nobody has leads home like any."""
NOBODYS = "z" * 16


def objects() -> dict[str, Any]:
    """Return a value for each part of an address; `endpoint.part` wins over `part`."""
    holder = person("holder")
    enrolment = _first(Enrolment, Enrolment.user_id == holder.id)
    attempt = _first(Attempt, Attempt.user_id == holder.id)
    return {
        **_of_exams(attempt),
        **_of_certificates(holder.id),
        **register_rows.values(_first(Certificate, Certificate.user_id == holder.id)),
        **award_rows.values(_first(Certificate, Certificate.user_id == holder.id), enrolment),
        **renewal_rows.values(_first(Certificate, Certificate.user_id == holder.id)),
        **_of_lessons(),
        **_of_the_bank(),
        **_of_people(holder.id),
        **_of_operations(),
        **training_rows.values(enrolment),
        **_of_training(enrolment),
        **_of_practicum(enrolment),
        "act": "again",
        "kind": "photo_public",
    }


def _of_exams(attempt: Attempt) -> dict[str, Any]:
    booking = db.session.get_one(Booking, attempt.booking_id)
    revision = booking.sitting.revision
    return {
        "attempt_id": attempt.id,
        "blueprint_id": _first(ExamBlueprint).id,
        "booking_id": booking.id,
        "case_id": _case(attempt),
        "document": "seat-list",
        "exam_id": revision.exam_id,
        "exams.act.act": "time",
        "exams.answer_comment.comment_id": _remark(attempt),
        "incident_id": _incident(attempt),
        "revision_id": revision.id,
        "sitting_id": booking.sitting_id,
        "ticket": booking.ticket_number,
    }


def _of_certificates(holder_id: str) -> dict[str, Any]:
    certificate = _first(Certificate, Certificate.user_id == holder_id)
    return {
        "certificate_id": certificate.id,
        "check.scanned.digits": "00000000",
        "check.window.window": "9999999999p" + "0" * 24,
        "check.window_photo.window": "9999999999p" + "0" * 24,
        "credentials.status_list.number": 1,
        "credentials.status_list.purpose": "revocation",
        "decision_id": certificate.decision_id,
        "design": "card",
        "layout_id": _first(CertificateLayout, CertificateLayout.number.is_not(None)).id,
        "sample": "usual",
        "report_id": _site_report(),
        "scheme_id": certificate.scheme_id,
        "token": certificate.token,
    }


def _site_report() -> str:
    row = reports.file(reports.Told("peizhen.invalid", "示例", ""), clock.now())
    db.session.commit()
    return row.id


def _of_lessons() -> dict[str, Any]:
    lesson = _first(LessonVersion, LessonVersion.code == "4.1", LessonVersion.current.is_(True))
    return {
        "code": lesson.code,
        "draw": "S4-fall",
        "edition_id": lesson.edition_id,
        "guide_id": "heart",
        "handbook.document.document": "norm",
        "handbook.document_file.document": "norm",
        "handbook.guide.kind": "pathway",
        "learning.withdraw_waiver.row_id": _first(PriorLearning).id,
        "station_id": "S4-fall",
        "which": "M1",
    }


def _of_the_bank() -> dict[str, Any]:
    entry = _first(QuestionEntry, QuestionEntry.pool == "practice")
    return {
        "bank.import_compare.number": 1,
        "change_list_id": _change_list(),
        "comment_id": _first(ReviewComment, ReviewComment.parent_id.is_(None)).id,
        "entry_id": entry.id,
        "export_id": _export(),
        "import_id": _import(),
        "number": entry.current_number,
        "question": entry.code,
        "sha256": _medium(),
    }


def _of_people(holder_id: str) -> dict[str, Any]:
    writer_id = person("writer").id
    invitation_id, _token = _invitation()
    _other, token = _invitation()
    return {
        "accounts.accept_invitation.token": token,
        "accounts.revoke_role.user_id": writer_id,
        "grant_id": _first(RoleGrant, RoleGrant.user_id == writer_id).id,
        "invitation_id": invitation_id,
        "session_id": _first(UserSession).id,
        "user_id": holder_id,
    }


def _of_operations() -> dict[str, Any]:
    return {
        "alarm_id": _alarm(),
        "job_id": _job(),
        "message_id": _first(OutboxMessage).id,
        "name": "exam.minutes",
    }


def _of_training(enrolment: Enrolment) -> dict[str, Any]:
    training_class = db.session.get_one(TrainingClass, enrolment.class_id)
    return {
        "class_id": training_class.id,
        "enrolment_id": enrolment.id,
        "list_id": _first(CompletionList, CompletionList.class_id == training_class.id).id,
        "meeting_id": training_class.meetings[0].id,
        "training.end_instructor.row_id": _first(
            ClassInstructor, ClassInstructor.class_id == training_class.id
        ).id,
        "training.withdraw_sign_off.row_id": _first(
            PracticalSignOff, PracticalSignOff.enrolment_id == enrolment.id
        ).id,
    }


def _of_practicum(enrolment: Enrolment) -> dict[str, Any]:
    visit = _first(PracticumVisit, PracticumVisit.enrolment_id == enrolment.id)
    return {
        "moment_id": visit.moments[0].id,
        "place_id": visit.place_id,
        "practicum.sign.token": _signing_link(),
        "supervisor_id": _first(PracticumSupervisor).id,
        "visit_id": visit.id,
    }


def address(app: Flask, rule: Rule, values: dict[str, Any], *, nobodys: bool = False) -> str:
    """Return an address of a route about the demonstration's objects, or with ids nobody has."""
    filled = {}
    for part in rule.arguments:
        value = values.get(f"{rule.endpoint}.{part}", values.get(part))
        assert value is not None, f"{rule.rule}: add an object for {part} to objects.py"
        plain = isinstance(value, int) or part in WORDS
        filled[part] = value if plain or not nobodys else NOBODYS
    with app.test_request_context():
        from_rule = app.url_map.bind("localhost").build(rule.endpoint, filled)
    return str(from_rule)


def _first(model: type[Any], *conditions: Any) -> Any:
    order = sorted(column.name for column in model.__table__.primary_key)
    found = select(model).where(*conditions).order_by(*(getattr(model, name) for name in order))
    row = db.session.scalars(found).first()
    assert row is not None, f"the demonstration has no {model.__name__}"
    return row


def _alarm() -> str:
    row = ClockAlarm(seen_at=clock.now(), moved_ms=5000)
    db.session.add(row)
    db.session.commit()
    return row.id


def _change_list() -> str:
    actor, now = person("reviewer1"), clock.now()
    ids = [_first(QuestionEntry, QuestionEntry.pool == "practice").id]
    pools = ("live", "practice")
    word = secrets.token_hex(4)  # a change that changes nothing is refused
    planned = changing.plan(ids, Wish("tag", word), actor=actor, pools=pools)
    made = change_making.begin(planned, actor=actor, pools=pools, now=now)
    db.session.commit()
    return made.id


def _export() -> str:
    """Return a finished export of the writer's."""
    now = clock.now()
    entry = _first(QuestionEntry, QuestionEntry.pool == "practice")
    writer = db.session.get_one(User, person("writer").id)
    payload = {"ids": [entry.id], "format": "text"}
    job = jobs.enqueue(export_jobs.KIND, payload, owner=writer, now=now)
    question = exporting.questions_of(exporting.with_ids([entry.id]))
    made = exporting.written(question, "text", {}, "2026-11-21")
    blob = exporting.kept(made, now=now)
    lost = [[one.message, len(one.ids), list(one.ids)] for one in made.losses]
    job.state = "done"
    job.result = {"blob": blob.id, "name": made.name, "count": 1, "losses": lost}
    db.session.commit()
    return job.id


def _import() -> str:
    writer, now = db.session.get_one(User, person("writer").id), clock.now()
    text = "1. 老人走散了，陪诊师先做什么？\nA. 找服务台广播\nB. 先去吃饭\n答案：A\n"
    source = importing.Source("a.txt", text.encode(), "", Defaults("practice", "B", "4.3", "use"))
    reading = importing.read(source, pools=("practice", "live"), now=now)
    batch = importing.begin(source, owner=writer, now=now)
    importing.keep_items(batch, reading.items)
    importing.keep_reading(batch, reading, now=now)
    db.session.commit()
    return batch.id


def _remark(attempt: Attempt) -> str:
    """Return a comment on a question, made where there is none yet."""
    found = db.session.scalars(select(QuestionComment).limit(1)).first()
    if found is None:
        slot = attempt.paper.slots[0]
        found = QuestionComment(
            attempt_id=attempt.id, slot=1, version_id=slot.version_id, text="x", at=clock.now()
        )
        db.session.add(found)
        db.session.commit()
    return found.id


def _case(attempt: Attempt) -> str:
    """Return a case about the attempt, opened where there is none yet."""
    found = db.session.scalars(select(MisconductCase).limit(1)).first()
    if found is None:
        actor, now = person("exams").id, clock.now()
        found = MisconductCase(
            attempt_id=attempt.id,
            number="W0000",
            allegation="x",
            reply_due_at=now,
            opened_by_id=actor,
            opened_at=now,
        )
        notice = MisconductStep(case_id=found.id, kind="notice", text="x", by_id=actor, at=now)
        db.session.add(found)
        db.session.flush()
        db.session.add(notice)
        db.session.commit()
    return found.id


def _incident(attempt: Attempt) -> str:
    """Return a report with a photo, made where there is none yet."""
    found = db.session.scalars(select(Incident).limit(1)).first()
    if found is None:
        now = clock.now()
        photo = blobs.put(b"x", media_type="image/png", purpose="incident", now=now)
        db.session.flush()
        found = Incident(
            sitting_id=attempt.sitting_id,
            attempt_id=attempt.id,
            kind="other",
            text="x",
            happened_at=now,
            photo_id=photo.id,
            by_id=person("exams").id,
            at=now,
        )
        db.session.add(found)
        db.session.commit()
    return found.id


def _signing_link() -> str:
    """Return the token of a link to a visit that waits for its signature."""
    visit = _first(PracticumVisit, PracticumVisit.state == "ready")
    supervisor = _first(PracticumSupervisor, PracticumSupervisor.ended_on.is_(None))
    _row, token = signing.ask(visit, supervisor, actor=visit.enrolment.user, now=clock.now())
    db.session.commit()
    return token


def _medium() -> str:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "#cfe0e6").save(drawn, "PNG")
    kept = media.keep_picture(drawn.getvalue(), now=clock.now())
    db.session.commit()
    return kept.sha256


def _job() -> str:
    jobs.enqueue("audit.verify", {}, owner=person("auditor"), now=clock.now() + timedelta(days=1))
    db.session.commit()
    found = db.session.scalars(select(Job).order_by(Job.created_at.desc())).first()
    assert found is not None
    return found.id


def _invitation() -> tuple[str, str]:
    admin = db.session.get_one(User, person("admin").id)
    row, token = inviting.invite(
        "新同事", "marker", ScopeKind.ALL, "", actor=admin, now=clock.now()
    )
    db.session.commit()
    return row.id, token

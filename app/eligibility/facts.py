"""What the panels are computed from, read for many enrolments at a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app import rulebook
from app.clock import shanghai_date
from app.extensions import db
from app.models.applications import Application, ApplicationStep
from app.models.exams import Attempt, Booking, Exam, ExamRevision, Result, Sitting
from app.models.finishing import CompletionEntry, CompletionList
from app.models.learning import LessonProgress
from app.models.people import Consent, Identity
from app.models.training import Enrolment, PracticalAssessment, TrainingClass
from app.practicum import progress
from app.practicum.progress import Progress
from app.training import records
from app.training.outline import practical_lessons


@dataclass(frozen=True)
class Rules:
    """The dated settings of one day that the panels apply."""

    hours: int
    attendance_percent: int
    practical: str
    kept_months: int
    practicum: bool
    completion: bool
    application: bool
    on: date

    @classmethod
    def of(cls, on: date) -> Rules:
        """Read the rules in force on a day."""
        return cls(
            hours=rulebook.value("training.hours", on),
            attendance_percent=rulebook.value("training.attendance_percent", on),
            practical=rulebook.value("training.practical_lessons", on),
            kept_months=rulebook.value("result.kept_months", on),
            practicum=rulebook.value("practicum.required", on),
            completion=rulebook.value("training.completion_list", on),
            application=rulebook.value("application.required", on),
            on=on,
        )


@dataclass(frozen=True)
class Theory:
    """A released, passed result of the certification exam."""

    result_id: str
    sat_on: date


@dataclass(frozen=True)
class Facts:
    """What is recorded of one enrolment."""

    enrolled: bool
    consent_at: datetime | None
    identity_at: datetime | None
    lessons_done: int
    lessons_needed: int
    minutes: int
    signed: int
    to_sign: int
    assessment: PracticalAssessment | None
    theory: Theory | None
    practicum: Progress | None = None
    """None where the rules ask for none."""
    completed_on: date | None = None
    """When the association accepted the completion list that has them as complete."""
    applied_on: date | None = None
    """When the association accepted their application for the certificate."""


def read(enrolments: Sequence[Enrolment], rules: Rules) -> dict[str, Facts]:
    """Return the facts of each enrolment by its id."""
    if not enrolments:
        return {}
    ids = [enrolment.id for enrolment in enrolments]
    people = {enrolment.user_id for enrolment in enrolments}
    class_ids = {enrolment.class_id for enrolment in enrolments}
    found = db.session.scalars(select(TrainingClass).where(TrainingClass.id.in_(class_ids)))
    classes = {row.id: row for row in found}
    editions = {row.edition_id for row in classes.values()}
    countable = records.countable_lessons(editions)
    consents, identities = _consents(people), _identities(people)
    done = _completed(people, editions)
    minutes, signed = records.attended_minutes(ids), records.sign_offs(ids)
    assessed, theory = records.assessments(ids), _theory(people)
    practised = progress.of(ids, rules.on) if rules.practicum else {}
    completed = _listed(ids) if rules.completion else {}
    applied = _applied(ids) if rules.application else {}

    def facts(enrolment: Enrolment) -> Facts:
        edition = classes[enrolment.class_id].edition
        codes = countable.get(edition.id, frozenset())
        to_sign = {x.code for x in practical_lessons(edition.outline, rules.practical, codes)}
        return Facts(
            enrolled=enrolment.state == "enrolled",
            consent_at=consents.get(enrolment.user_id),
            identity_at=identities.get(enrolment.user_id),
            lessons_done=len(codes & done[enrolment.user_id, edition.id]),
            lessons_needed=len(codes),
            minutes=minutes.get(enrolment.id, 0),
            signed=len(to_sign & signed.get(enrolment.id, {}).keys()),
            to_sign=len(to_sign),
            assessment=assessed.get(enrolment.id),
            theory=_own_theory(theory[enrolment.user_id], enrolment.id),
            practicum=practised.get(enrolment.id),
            completed_on=completed.get(enrolment.id),
            applied_on=applied.get(enrolment.id),
        )

    return {enrolment.id: facts(enrolment) for enrolment in enrolments}


def _listed(ids: list[str]) -> dict[str, date]:
    """Return since when each enrolment stands complete on a list the association accepted."""
    rows = db.session.execute(
        select(CompletionEntry.enrolment_id, CompletionList.decided_at)
        .join(CompletionEntry.completion_list)
        .where(
            CompletionEntry.enrolment_id.in_(ids),
            CompletionEntry.complete.is_(True),
            CompletionList.state == "accepted",
        )
    )
    return {enrolment_id: shanghai_date(at) for enrolment_id, at in rows if at is not None}


def _applied(ids: list[str]) -> dict[str, date]:
    """Return since when the application of each enrolment stands accepted."""
    rows = db.session.execute(
        select(Application.enrolment_id, func.max(ApplicationStep.at))
        .join(ApplicationStep, ApplicationStep.application_id == Application.id)
        .where(
            Application.enrolment_id.in_(ids),
            Application.state == "accepted",
            ApplicationStep.state == "accepted",
        )
        .group_by(Application.enrolment_id)
    )
    return {enrolment_id: shanghai_date(at) for enrolment_id, at in rows}


def _consents(people: set[str]) -> dict[str, datetime]:
    """Return since when each person's consent stands; one to an earlier wording stands too."""
    rows = db.session.execute(
        select(Consent.user_id, Consent.given_at).where(
            Consent.user_id.in_(people),
            Consent.kind == "service",
            Consent.withdrawn_at.is_(None),
        )
    )
    return dict(rows.all())


def _identities(people: set[str]) -> dict[str, datetime]:
    rows = db.session.execute(
        select(Identity.user_id, Identity.recorded_at).where(Identity.user_id.in_(people))
    )
    return dict(rows.all())


def _completed(people: set[str], editions: set[str]) -> dict[tuple[str, str], set[str]]:
    rows = db.session.execute(
        select(LessonProgress.user_id, LessonProgress.edition_id, LessonProgress.code).where(
            LessonProgress.user_id.in_(people),
            LessonProgress.edition_id.in_(editions),
            LessonProgress.completed_at.is_not(None),
        )
    )
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for user_id, edition_id, code in rows:
        found[user_id, edition_id].add(code)
    return found


def _theory(people: set[str]) -> dict[str, list[tuple[str | None, Theory]]]:
    """Return each person's released passes, newest first, with the enrolment they were booked by."""
    rows = db.session.execute(
        select(Attempt.user_id, Booking.enrolment_id, Result.id, Attempt.started_at)
        .join(Result, Result.attempt_id == Attempt.id)
        .join(Booking, Booking.id == Attempt.booking_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(ExamRevision, ExamRevision.id == Sitting.revision_id)
        .join(Exam, Exam.id == ExamRevision.exam_id)
        .where(
            Attempt.user_id.in_(people),
            Attempt.state != "void",
            Result.passed.is_(True),
            Result.released_at.is_not(None),
            Exam.purpose == "certification",
            Sitting.mock.is_(False),
        )
        .order_by(Attempt.started_at.desc())
    )
    found: dict[str, list[tuple[str | None, Theory]]] = defaultdict(list)
    for user_id, enrolment_id, result_id, started_at in rows:
        found[user_id].append((enrolment_id, Theory(result_id, shanghai_date(started_at))))
    return found


def _own_theory(passes: list[tuple[str | None, Theory]], enrolment_id: str) -> Theory | None:
    """Return the newest pass booked by this enrolment, or by none."""
    return next((theory for booked, theory in passes if booked in {None, enrolment_id}), None)

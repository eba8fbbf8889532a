"""Who must keep away from whose certificate: taught, examined or employs them, or is them.

Asked by every step that decides on a person. The refusal says why and who can act instead.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from app.extensions import db
from app.models.exams import Booking, Sitting, SittingStaff
from app.models.people import User
from app.models.training import Enrolment, PracticalAssessment, TrainingClass
from app.training import ties as training_ties
from app.training.ties import Impartial, Tie, taught_classes_within

__all__ = ["Impartial", "Tie", "behind_wall", "refuse_if_tied", "taught_classes_within", "ties"]


def ties(person: User, subject: User, on: date) -> list[Tie]:
    """List every tie between a person who would act and the subject of the act.

    Teaching lapses after the wall's months; having examined somebody does not.
    """
    found = training_ties.work_ties(person, subject, on)
    if person.id == subject.id:
        return found
    return found + _assessed(person, subject) + _invigilated(person, subject)


def refuse_if_tied(person: User, subject: User, on: date, act: str) -> None:
    """Raise Impartial with the reason when any tie stands. `act`: 决定这张证书, say."""
    for tie in ties(person, subject, on):
        training_ties.refuse(tie, who=training_ties.you(), act=act, on=on)


def behind_wall(person: User, on: date) -> bool:
    """Tell whether a person taught any class within the wall's months."""
    return bool(taught_classes_within(person, on))


def _assessed(person: User, subject: User) -> list[Tie]:
    classes = (
        select(TrainingClass.title)
        .join(Enrolment, Enrolment.class_id == TrainingClass.id)
        .join(PracticalAssessment, PracticalAssessment.enrolment_id == Enrolment.id)
        .where(
            Enrolment.user_id == subject.id,
            or_(
                PracticalAssessment.first_examiner_id == person.id,
                PracticalAssessment.second_examiner_id == person.id,
            ),
        )
        .distinct()
    )
    return [Tie("assessed", title) for title in db.session.scalars(classes)]


def _invigilated(person: User, subject: User) -> list[Tie]:
    places = (
        select(Sitting.place)
        .join(SittingStaff, SittingStaff.sitting_id == Sitting.id)
        .join(Booking, Booking.sitting_id == Sitting.id)
        .where(SittingStaff.user_id == person.id, Booking.user_id == subject.id)
        .distinct()
    )
    return [Tie("invigilated", place) for place in db.session.scalars(places)]

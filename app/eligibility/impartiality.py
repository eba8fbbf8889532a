"""Who must keep away from whose certificate: taught, examined or employs them, or is them.

Asked by every step that decides on a person. The refusal says why and who can act instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from app.extensions import db
from app.models.exams import Booking, Sitting, SittingStaff
from app.models.people import User
from app.models.training import Enrolment, PracticalAssessment, TrainingClass
from app.training import ties as training_ties
from app.training.declared import Tie, Ties, gathered
from app.training.ties import Impartial, taught_classes_within

__all__ = [
    "Impartial",
    "behind_wall",
    "refusals",
    "refuse_if_tied",
    "taught_classes_within",
    "ties",
]


def ties(person: User, subject: User, on: date) -> list[Tie]:
    """List every tie between a person who would act and the subject of the act.

    Teaching lapses after the wall's months; having examined somebody does not.
    """
    return ties_of_many(person, [subject], on).get(subject.id, [])


def ties_of_many(person: User, subjects: Sequence[User], on: date) -> Ties:
    """List the ties to many people by their ids, at a constant number of queries."""
    found = training_ties.work_ties_of_many(person, subjects, on)
    others = [subject.id for subject in subjects if subject.id != person.id]
    found = training_ties.merged(found, _assessed(person, others))
    return training_ties.merged(found, _invigilated(person, others))


def refuse_if_tied(person: User, subject: User, on: date, act: str) -> None:
    """Raise Impartial with the reason when any tie stands. `act`: 决定这张证书, say."""
    for tie in ties(person, subject, on):
        training_ties.refuse(tie, who=training_ties.you(), act=act, on=on)


def refusals(person: User, subjects: Sequence[User], on: date, act: str) -> dict[str, str]:
    """Return why a person may not act on some of many people: a sentence by their id."""
    you = training_ties.you()
    return {
        subject_id: training_ties.sentence(found[0], who=you, act=act, on=on)
        for subject_id, found in ties_of_many(person, subjects, on).items()
    }


def behind_wall(person: User, on: date) -> bool:
    """Tell whether a person taught any class within the wall's months."""
    return bool(taught_classes_within(person, on))


def _assessed(person: User, ids: Sequence[str]) -> Ties:
    classes = (
        select(Enrolment.user_id, TrainingClass.title)
        .join(Enrolment, Enrolment.class_id == TrainingClass.id)
        .join(PracticalAssessment, PracticalAssessment.enrolment_id == Enrolment.id)
        .where(
            Enrolment.user_id.in_(ids),
            or_(
                PracticalAssessment.first_examiner_id == person.id,
                PracticalAssessment.second_examiner_id == person.id,
            ),
        )
        .distinct()
    )
    return gathered("assessed", db.session.execute(classes))


def _invigilated(person: User, ids: Sequence[str]) -> Ties:
    places = (
        select(Booking.user_id, Sitting.place)
        .join(SittingStaff, SittingStaff.sitting_id == Sitting.id)
        .join(Booking, Booking.sitting_id == Sitting.id)
        .where(SittingStaff.user_id == person.id, Booking.user_id.in_(ids))
        .distinct()
    )
    return gathered("invigilated", db.session.execute(places))

"""What trainees see of their own class: timetable, presence, signatures, assessment."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import clock
from app.extensions import db
from app.models.training import Attendance, ClassInstructor, Enrolment, TrainingClass
from app.permissions import signed_in, the_user
from app.training import leaving, records, rooms, waiting
from app.training.outline import lessons
from app.training.pages import blueprint


@blueprint.get("/my-class")
@signed_in
def mine() -> ResponseReturnValue:
    """Show the newest class one is enrolled in, with one's own records."""
    enrolment = db.session.scalar(
        select(Enrolment)
        .join(Enrolment.training_class)
        .where(Enrolment.user_id == the_user().id, Enrolment.state == "enrolled")
        .order_by(TrainingClass.starts_on.desc(), Enrolment.enrolled_at.desc())
        .limit(1)
    )
    places = waiting.own_places(the_user())
    if enrolment is None:
        return render_template("training/no_class.html", places=places)
    found = enrolment.training_class
    on = clock.shanghai_date(clock.now())
    return render_template(
        "training/mine.html",
        training_class=found,
        instructors=instructors_of(found),
        minutes=_own_minutes(enrolment),
        lessons=records.lessons_to_sign(found.edition, on),
        signed=records.sign_offs([enrolment.id]).get(enrolment.id, {}),
        assessment=records.assessments([enrolment.id]).get(enrolment.id),
        rooms=rooms.room_names(found),
        titles={lesson.code: lesson for lesson in lessons(found.edition.outline)},
        may_leave=leaving.may_leave(enrolment),
        enrolment=enrolment,
        places=places,
        on=on,
    )


def instructors_of(training_class: TrainingClass) -> list[ClassInstructor]:
    """Return the instructors of record, those taken off included."""
    return list(
        db.session.scalars(
            select(ClassInstructor)
            .where(ClassInstructor.class_id == training_class.id)
            .options(selectinload(ClassInstructor.user))
            .order_by(ClassInstructor.since, ClassInstructor.id)
        )
    )


def _own_minutes(enrolment: Enrolment) -> dict[str, int]:
    rows = db.session.execute(
        select(Attendance.meeting_id, Attendance.minutes).where(
            Attendance.enrolment_id == enrolment.id, Attendance.current.is_(True)
        )
    )
    return dict(rows.all())

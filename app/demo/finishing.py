"""The demonstration's end of a class: an accepted completion list, and an evaluation of an earlier one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.clock import shanghai_date
from app.completion import lists
from app.demo.accounts import person
from app.evaluation import answers
from app.extensions import db
from app.models.finishing import CompletionList
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.training import classes
from app.training.classes import ClassPlan
from app.training.views.recording import enrolled

BEFORE = "演示零班（上个月）"
MARKS = (
    *((5, 5, 3, 4, 5), (4, 5, 2, 4, 4), (5, 4, 3, 3, 5), (4, 4, 4, 4, 4), (5, 5, 3, 2, 5)),
    *((3, 4, 2, 4, 3), (5, 5, 4, 5, 5), (4, 3, 3, 4, 4), (5, 4, 2, 4, 5), (4, 5, 4, 3, 4)),
)
"""What ten invented people said of the five questions."""
REMARKS = {2: "轮椅只有两台，轮不到几次。", 6: "下午的课排得太满。", 9: "希望多去一次医院走流程。"}


def finish(finished: TrainingClass, now: datetime) -> None:
    """Make, hand in and accept the list of the class that has ended, unless there is one."""
    if db.session.scalar(select(CompletionList.id).limit(1)) is None:
        on, manager = shanghai_date(now), person("training")
        row = lists.make(finished, enrolled(finished), on=on, actor=manager, now=now)
        db.session.flush()
        lists.hand_in(row, actor=manager, now=now)
        lists.accept(row, on=on, actor=person("exams"), now=now)


def evaluate(finished: TrainingClass, now: datetime) -> None:
    """Let the people of a class a month ago evaluate it, unless that class is there."""
    if db.session.scalar(select(TrainingClass.id).where(TrainingClass.title == BEFORE)) is not None:
        return
    on = shanghai_date(now)
    plan = ClassPlan(
        title=BEFORE,
        organisation=finished.organisation,
        district_code=finished.district_code,
        edition=finished.edition,
        starts_on=on - timedelta(days=24),
        ends_on=on - timedelta(days=20),
        capacity=40,
    )
    earlier = classes.open_class(plan, actor=person("training"), now=now)
    db.session.flush()
    for number, marks in enumerate(MARKS, 1):
        user = User(name=f"示例学员{number}", created_at=now)
        db.session.add(user)
        db.session.flush()
        enrolment = Enrolment(
            class_id=earlier.id, user_id=user.id, category="volunteer", enrolled_at=now
        )
        enrolment.training_class = earlier
        db.session.add(enrolment)
        db.session.flush()
        said = dict(zip(answers.QUESTIONS, marks, strict=True))
        answers.answer(enrolment, said, REMARKS.get(number, ""), on=on, now=now)

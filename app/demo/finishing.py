"""The demonstration's end of a class: a completion list that the association accepted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.clock import shanghai_date
from app.completion import lists
from app.demo.accounts import person
from app.extensions import db
from app.models.finishing import CompletionList
from app.models.training import TrainingClass
from app.training.views.recording import enrolled


def finish(finished: TrainingClass, now: datetime) -> None:
    """Make, hand in and accept the list of the class that has ended, unless there is one."""
    if db.session.scalar(select(CompletionList.id).limit(1)) is None:
        on, manager = shanghai_date(now), person("training")
        row = lists.make(finished, enrolled(finished), on=on, actor=manager, now=now)
        db.session.flush()
        lists.hand_in(row, actor=manager, now=now)
        lists.accept(row, on=on, actor=person("exams"), now=now)

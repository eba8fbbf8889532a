"""The demonstration before the decision: applications, a public notice with objections, competence files."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.applications import documents, filing, noticing, objecting, reviewing
from app.clock import shanghai_date
from app.competence import declaring
from app.competence import filing as files
from app.demo import certified
from app.demo.accounts import person
from app.demo.portrait import portrait
from app.extensions import db, outside_transaction
from app.models.applications import Application, PublicNotice
from app.models.conflicts import CompetenceEntry
from app.models.training import Enrolment, TrainingClass

PROPOSED = "proposed"
DECLARED = ("truth", "record", "notice")


def apply(finished: TrainingClass, now: datetime) -> None:
    """Let two people apply: one waits, one was returned with a fault. Commits."""
    if db.session.scalar(select(Application.id).limit(1)) is not None:
        return
    data, media_type = documents.prepare(portrait("paper"))
    outside_transaction()
    for login in ("booker", "trainee"):
        user = person(login)
        enrolment = db.session.scalars(
            select(Enrolment).where(Enrolment.class_id == finished.id, Enrolment.user_id == user.id)
        ).one()
        row = filing.begin(enrolment, now=now)
        filing.attach(row, "health", data, media_type, actor=user, now=now)
        db.session.flush()
        filing.file(row, DECLARED, actor=user, now=now)
    faults = {"health": "照片上看不清体检日期，请重新拍。"}
    reviewing.give_back(row, faults, actor=person("registrar"), now=now)
    db.session.commit()


def is_published() -> bool:
    """Tell whether there is a notice."""
    return db.session.scalar(select(PublicNotice.id).limit(1)) is not None


def publish(finished: TrainingClass, now: datetime) -> None:
    """Publish somebody who is proposed, with an objection that waits. Commits."""
    certified.propose(PROPOSED, finished, now)
    notice = noticing.publish(finished, 7, actor=person("registrar"), now=now)
    db.session.flush()
    text = "上个月在示例医院门口，她拉着老人去一家药店，说能拿回扣。我在场。（演示）"
    objecting.file(notice.entries[0], text, "13900000003", network="demo", now=now)
    db.session.commit()


def keep_files(now: datetime) -> None:
    """Put two entries on file and declare one conflict of interest."""
    if db.session.scalar(select(CompetenceEntry.id).limit(1)) is not None:
        return
    today, manager = shanghai_date(now), person("exams")
    for login, kind, title, days in (
        ("examiner1", "calibration", "实操考站一致性练习（五站）", 30),
        ("writer", "training", "命题与审题培训", 200),
    ):
        begun = today - timedelta(days=days)
        ends = begun + timedelta(days=730)
        files.add(person(login), kind, title, begun, ends, actor=manager, now=now)
    declaring.declare(
        person("examiner2"),
        name="马建国",
        phone="",
        organisation=None,
        reason="relative",
        note="表弟，在邻区的班",
        since=today - timedelta(days=60),
        until=None,
        now=now,
    )

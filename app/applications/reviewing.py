"""The association's side: accept an application, or return it with its faults named one by one.

Who taught, examined or employs the applicant does not review. Deciding on the certificate is
another act by another person (`app/awards`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.applications import filing, telling
from app.applications.processing import Processing, processing
from app.applications.refusals import ApplicationRefused
from app.applications.wording import DOCUMENTS, GENERAL
from app.clock import shanghai_date
from app.eligibility.impartiality import refuse_if_tied
from app.extensions import db
from app.models.applications import Application
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.training.scope import readable_classes

FAULT_MOST = 200


@dataclass(frozen=True)
class Line:
    """An application in a list, with its clock."""

    application: Application
    class_title: str
    clock: Processing


def lines(actor: User, now: datetime) -> list[Line]:
    """Return the applications in the actor's scope: what is due first, then what is elsewhere."""
    classes = readable_classes(actor, "application.review", shanghai_date(now))
    rows = db.session.execute(
        select(Application, TrainingClass.title)
        .join(Application.enrolment)
        .join(TrainingClass, TrainingClass.id == Enrolment.class_id)
        .where(
            Application.state != "draft",
            Enrolment.class_id.in_(classes.with_only_columns(TrainingClass.id).order_by(None)),
        )
        .options(joinedload(Application.user), selectinload(Application.steps))
        .order_by(Application.created_at.desc())
        .limit(500)
    ).unique()
    found = [Line(one, title, clock_of(one, now)) for one, title in rows]
    return sorted(found, key=_first_due)


def _first_due(line: Line) -> tuple[bool, datetime]:
    at = line.clock.due or line.application.steps[-1].at
    return not line.clock.running, at


def clock_of(application: Application, now: datetime) -> Processing:
    """Return the clock of an application."""
    return processing(((step.state, step.at) for step in application.steps), application.days, now)


def parts(on: date) -> dict[str, str]:
    """Return what a fault can be named for: each document, each declaration, and the rest."""
    found = {kind: str(word) for kind, word in DOCUMENTS.items()}
    for code, text in filing.declarations(on).items():
        found[f"declaration-{code}"] = _("确认的话：%(text)s", text=text["zh"])
    found[GENERAL] = str(_("其他问题"))
    return found


def accept(application: Application, *, actor: User, now: datetime) -> None:
    """Accept an application. Raises ApplicationRefused, Impartial."""
    application = _to_be_reviewed(application, actor, now)
    filing.enter(application, "accepted", actor=actor, now=now)
    telling.accepted(application, now=now)


def give_back(
    application: Application, faults: Mapping[str, str], *, actor: User, now: datetime
) -> None:
    """Return an application with its faults, which stops the clock.

    Raises ApplicationRefused without any fault, or Impartial.
    """
    known = parts(shanghai_date(now))
    named = {
        part: text.strip()[:FAULT_MOST]
        for part, text in faults.items()
        if part in known and text.strip()
    }
    if not named:
        raise ApplicationRefused(_("没有退回：请至少写明一处问题，写在有问题的那一项下面。"))
    application = _to_be_reviewed(application, actor, now)
    filing.enter(application, "returned", actor=actor, now=now, faults=named)
    telling.returned(application, [known[part] for part in named], now=now)


def _to_be_reviewed(application: Application, actor: User, now: datetime) -> Application:
    application = filing.locked(application)
    if application.state != "filed":
        raise ApplicationRefused(_("这份申请现在不在等审，没有改动。请刷新页面看它现在的状态。"))
    may_review(application, actor=actor, now=now)
    return application


def may_review(application: Application, *, actor: User, now: datetime) -> None:
    """Raise Impartial when this person is tied to the applicant."""
    subject = db.session.get_one(User, application.user_id)
    refuse_if_tied(actor, subject, shanghai_date(now), _("审这份申请"))

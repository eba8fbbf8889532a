"""The applicant's side: begin, add documents, declare, file, take back. Everything from a phone.

An application belongs to one enrolment and is filed as often as it is returned. What was filed stays
as a step; a document that is replaced or taken away keeps its row and loses its file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, blobs, rulebook
from app.applications.refusals import ApplicationRefused
from app.applications.wording import DOCUMENTS
from app.clock import shanghai_date
from app.extensions import db
from app.formatting import show_list
from app.models.applications import Application, ApplicationDocument, ApplicationStep
from app.models.awards import Decision
from app.models.journal import Blob
from app.models.people import User
from app.models.training import Enrolment

PURPOSE = "application_document"
APPLICANTS = ("draft", "returned", "withdrawn")
"""States in which the application is with the applicant, who may change it."""


def own(user: User) -> list[tuple[Enrolment, Application | None]]:
    """Return a person's enrolments with the application of each, newest first."""
    rows = db.session.execute(
        select(Enrolment, Application)
        .join(Enrolment.training_class)
        .outerjoin(Application, Application.enrolment_id == Enrolment.id)
        .where(Enrolment.user_id == user.id, Enrolment.state == "enrolled")
        .order_by(Enrolment.enrolled_at.desc())
    )
    return [(row.Enrolment, row.Application) for row in rows]


def find(enrolment: Enrolment) -> Application | None:
    """Return the application of an enrolment."""
    return db.session.scalar(select(Application).where(Application.enrolment_id == enrolment.id))


def begin(enrolment: Enrolment, *, now: datetime) -> Application:
    """Return the application of an enrolment, begun where there is none."""
    db.session.execute(select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    found = find(enrolment)
    if found is None:
        found = Application(
            enrolment_id=enrolment.id,
            user_id=enrolment.user_id,
            days=rulebook.value("application.days", shanghai_date(now)),
            created_at=now,
        )
        db.session.add(found)
        db.session.flush()
    return found


def asked_documents(on: date) -> dict[str, bool]:
    """Return the documents the rules name: whether each has to be there."""
    asked: dict[str, bool] = rulebook.value("application.documents", on)
    return {kind: must for kind, must in asked.items() if kind in DOCUMENTS}


def declarations(on: date) -> dict[str, dict[str, Any]]:
    """Return the declarations asked for: `version`, `zh`, `en` by code."""
    found: dict[str, dict[str, Any]] = rulebook.value("application.declarations", on)
    return found


def documents(application: Application) -> dict[str, ApplicationDocument]:
    """Return the documents that are there now, by kind."""
    rows = db.session.scalars(
        select(ApplicationDocument).where(
            ApplicationDocument.application_id == application.id,
            ApplicationDocument.removed_at.is_(None),
        )
    )
    return {row.kind: row for row in rows}


def attach(
    application: Application, kind: str, data: bytes, media_type: str, *, actor: User, now: datetime
) -> list[str]:
    """Add a prepared document, in place of the one of its kind; returns blobs to be removed.

    The very file that is there already stays as it is. Raises ApplicationRefused when the application is with the association, KeyError for a kind.
    """
    DOCUMENTS[kind]
    application = locked(application)
    refuse_unless_applicants(application)
    if _holds(application, kind, data):
        return []
    gone = _drop(application, kind, now)
    blob = blobs.put(data, media_type=media_type, purpose=PURPOSE, now=now)
    db.session.flush()
    row = ApplicationDocument(
        application_id=application.id, kind=kind, blob_id=blob.id, added_at=now
    )
    db.session.add(row)
    audit.record("application.document_added", application, actor=actor, now=now, kind=kind)
    return gone


def take_away(application: Application, kind: str, *, actor: User, now: datetime) -> list[str]:
    """Take a document away; returns the blobs to be removed after the commit."""
    refuse_unless_applicants(application)
    gone = _drop(application, kind, now)
    if gone:
        audit.record("application.document_removed", application, actor=actor, now=now, kind=kind)
    return gone


def _holds(application: Application, kind: str, data: bytes) -> bool:
    row = documents(application).get(kind)
    blob = db.session.get(Blob, row.blob_id) if row and row.blob_id else None
    return blob is not None and blob.sha256 == hashlib.sha256(data).hexdigest()


def _drop(application: Application, kind: str, now: datetime) -> list[str]:
    row = documents(application).get(kind)
    if row is None:
        return []
    blob = db.session.get(Blob, row.blob_id) if row.blob_id else None
    row.removed_at, row.blob_id = now, None
    db.session.flush()
    if blob is None:
        return []
    db.session.delete(blob)
    return [blob.id]


def file(
    application: Application, declared: Iterable[str], *, actor: User, now: datetime
) -> ApplicationStep:
    """Hand an application in. Raises ApplicationRefused naming all that is missing."""
    application = locked(application)
    refuse_unless_applicants(application)
    on = shanghai_date(now)
    texts, there, said = declarations(on), documents(application), set(declared)
    asked = asked_documents(on)
    lacking = [DOCUMENTS[kind] for kind, must in asked.items() if must and kind not in there]
    if lacking:
        raise ApplicationRefused(
            _("申请没有交出：还缺%(what)s。请先传上来。", what=show_list(lacking))
        )
    if not texts.keys() <= said:
        raise ApplicationRefused(_("申请没有交出：要本人确认的话没有全部勾上。"))
    if not any(step.state == "filed" for step in application.steps):
        application.days = rulebook.value("application.days", on)
    versions = {code: text["version"] for code, text in texts.items()}
    return enter(application, "filed", actor=actor, now=now, declarations=versions)


def withdraw(application: Application, *, actor: User, now: datetime) -> ApplicationStep:
    """Take an application back, as long as no certificate was proposed on it."""
    application = locked(application)
    if application.state not in {"filed", "accepted"}:
        raise ApplicationRefused(_("这份申请不在协会那里，不用撤回。"))
    if _proposed(application):
        raise ApplicationRefused(
            _("已经按这份申请提出发证，不能撤回。不想要证书，请告诉证书登记员。")
        )
    return enter(application, "withdrawn", actor=actor, now=now)


def enter(
    application: Application,
    state: str,
    *,
    actor: User,
    now: datetime,
    faults: dict[str, str] | None = None,
    declarations: dict[str, str] | None = None,
) -> ApplicationStep:
    """Add a step to the ledger of a locked application."""
    step = ApplicationStep(
        application_id=application.id,
        number=len(application.steps) + 1,
        state=state,
        faults=faults or {},
        declarations=declarations or {},
        by_id=actor.id,
        at=now,
    )
    application.state = state
    application.steps.append(step)
    audit.record(
        "application.state",
        application,
        actor=actor,
        now=now,
        state=state,
        faults=sorted(faults or {}),
    )
    return step


def locked(application: Application) -> Application:
    """Return an application as it is now, locked until the transaction ends."""
    return db.session.scalars(
        select(Application)
        .where(Application.id == application.id)
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    ).one()


def refuse_unless_applicants(application: Application) -> None:
    """Raise ApplicationRefused when the application is not with its applicant."""
    if application.state not in APPLICANTS:
        raise ApplicationRefused(_("申请在协会那里，现在不能改。要改，请先撤回，或等协会退回。"))


def _proposed(application: Application) -> bool:
    return (
        db.session.scalar(
            select(Decision.id)
            .where(
                Decision.enrolment_id == application.enrolment_id,
                Decision.state.in_(("proposed", "granted")),
            )
            .limit(1)
        )
        is not None
    )

"""A participant's own statement of class-hours: what is on record, drawn when it is asked for.

It is signed like a certificate, so that a changed byte shows, but neither numbered nor registered,
and says so. Hours are those of presence in class, which instructors recorded; reading at home is
not among them.
"""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from app import rulebook
from app.awards import contents, keys
from app.awards.refusals import AwardRefused, CannotIssue
from app.clock import shanghai_date
from app.config import Settings
from app.extensions import db, outside_transaction
from app.formatting import in_english
from app.layouts import choosing
from app.layouts.kinds import NO_SCHEME
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.training import records
from certificates import qr, statement
from certificates.sentences import CertificateError
from certificates.stamping import stamp_sheet
from certificates.statement import Course, StatementData


def courses(user: User) -> list[Course]:
    """Return the classes in which a person's presence is on record, the newest first."""
    enrolments = db.session.scalars(
        select(Enrolment)
        .join(TrainingClass, TrainingClass.id == Enrolment.class_id)
        .where(Enrolment.user_id == user.id)
        .order_by(TrainingClass.starts_on.desc(), TrainingClass.id)
    ).unique()
    found = {enrolment.id: enrolment.training_class for enrolment in enrolments}
    minutes = records.attended_minutes(list(found))
    return [
        Course(minutes[one], row.title, row.starts_on, row.ends_on, row.organisation.name)
        for one, row in found.items()
        if minutes.get(one)
    ]


def hours(user: User) -> str:
    """Return all class-hours on record, or nothing where there is none."""
    minutes = sum(course.minutes for course in courses(user))
    return statement.class_hours(minutes) if minutes else ""


def draw(user: User, now: datetime) -> bytes:
    """Return a person's statement as a signed PDF. Ends the transaction.

    Raises AwardRefused without an hour on record or a registered document, CannotIssue when it
    cannot be drawn.
    """
    on = shanghai_date(now)
    settings: Settings = current_app.config["PEIZHEN"]
    listed = courses(user)
    if not listed:
        raise AwardRefused(_("还没有出勤学时的记录，没有学时证明可出。"))
    if user.identity is None:
        raise AwardRefused(_("证件信息还没有登记，学时证明上要印。请先登记证件信息。"))
    contents.refuse_if_unnamed(on)
    issuer = rulebook.value("certificate.issuer", on)
    data = StatementData(
        name=user.name,
        name_latin=user.name_latin,
        masked_identity=contents.hide_enough(user.identity.shown),
        courses=listed,
        made_on=on,
        issuer_zh=issuer["zh"],
        issuer_en=issuer["en"],
        official_domain=qr.domain(settings.public_url),
    )
    layout = choosing.layout_for(NO_SCHEME, "statement")
    try:
        signer = keys.signer()
        outside_transaction()
        sheet = statement.sheet(data, sample=settings.demo)
        return stamp_sheet(sheet, signer, now, layout).pdf
    except CertificateError as error:
        raise CannotIssue(error.en if in_english() else error.zh) from error

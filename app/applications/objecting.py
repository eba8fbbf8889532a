"""Objections to a person on a public notice: filed without an account, answered with a reason.

Who objects is not asked for a name. How to reach them is kept encrypted and seen only by who answers.
With the receipt code they read the answer. Held off is only a flood: a limit for each network
address and for each person objected to, and a field that no human sees.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import audit, secrecy, throttle
from app.applications.refusals import NoticeRefused, TooManyObjections
from app.clock import shanghai_date
from app.eligibility.impartiality import refuse_if_tied
from app.extensions import db
from app.models.applications import NoticeEntry, Objection, PublicNotice
from app.models.awards import Decision
from app.models.base import ID_ALPHABET
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.training.scope import readable_classes

TEXT_LEAST, TEXT_MOST = 10, 1000
CONTACT_MOST = 60
PERIOD = timedelta(hours=1)
FROM_ONE_PLACE = 20
"""A hospital or a street behind one address may object several times; a flood may not."""
AGAINST_ONE = 30
CODE_LENGTH = 10


def file(entry: NoticeEntry, text: str, contact: str, *, network: str, now: datetime) -> Objection:
    """Take an objection in. Raises NoticeRefused or TooManyObjections; the caller commits."""
    notice = entry.notice
    if not notice.from_day <= shanghai_date(now) <= notice.until_day:
        raise NoticeRefused(_("公示期已经过了，这里不再收异议。可以向协会投诉，方式见本页。"))
    text = text.strip()
    if len(text) < TEXT_LEAST:
        raise NoticeRefused(_("请写清楚是什么事、什么时候的事，至少 %(n)d 个字。", n=TEXT_LEAST))
    again = _same(entry, text[:TEXT_MOST])
    if again is not None:
        return again
    if throttle.count_try("objection", network, PERIOD, now) > FROM_ONE_PLACE:
        raise TooManyObjections(_("从您这里收到的异议太多，请过一小时再提，或打电话给协会。"))
    against = select(func.count(Objection.id)).where(Objection.entry_id == entry.id)
    if (db.session.scalar(against) or 0) >= AGAINST_ONE:
        raise TooManyObjections(
            _("对这个人已经收到许多异议，正在处理。有新的情况，请打电话给协会。")
        )
    row = Objection(
        entry_id=entry.id,
        code="".join(secrets.choice(ID_ALPHABET) for _sign in range(CODE_LENGTH)),
        text=text[:TEXT_MOST],
        filed_at=now,
    )
    if contact.strip():
        row.contact_sealed = secrecy.seal(
            contact.strip()[:CONTACT_MOST],
            table=Objection.__tablename__,
            column="contact_sealed",
            row=row.id,
        )
    db.session.add(row)
    audit.record("objection.filed", row, actor=None, now=now, entry=entry.id)
    return row


def _same(entry: NoticeEntry, text: str) -> Objection | None:
    """Return the objection that says just this: the button was pressed twice."""
    return db.session.scalars(
        select(Objection).where(Objection.entry_id == entry.id, Objection.text == text).limit(1)
    ).first()


def find(code: str) -> Objection | None:
    """Return the objection with this receipt."""
    return db.session.scalars(
        select(Objection)
        .where(Objection.code == code.strip().lower())
        .options(joinedload(Objection.entry).joinedload(NoticeEntry.notice))
    ).first()


def contact(row: Objection) -> str:
    """Return how to reach who objected; empty when they gave nothing."""
    if not row.contact_sealed:
        return ""
    return secrecy.unseal(
        row.contact_sealed, table=Objection.__tablename__, column="contact_sealed", row=row.id
    )


def answer(row: Objection, outcome: str, text: str, *, actor: User, now: datetime) -> None:
    """Record whether an objection is right, and why. Raises NoticeRefused, Impartial.

    `outcome` is `upheld` or `dismissed`, else ValueError.
    """
    if outcome not in {"upheld", "dismissed"}:
        raise ValueError(outcome)
    if len(text.strip()) < TEXT_LEAST:
        raise NoticeRefused(_("请写明查了什么、为什么这样认定，提异议的人会看到。"))
    row = db.session.scalars(
        select(Objection)
        .where(Objection.id == row.id)
        .with_for_update(of=Objection)
        .execution_options(populate_existing=True)
    ).one()
    if row.outcome != "open":
        raise NoticeRefused(_("这条异议已经答复过了，没有再改动。"))
    may_answer(row, actor=actor, now=now)
    row.outcome, row.answer = outcome, text.strip()[:TEXT_MOST]
    row.answered_by_id, row.answered_at = actor.id, now
    audit.record("objection.answered", row, actor=actor, now=now, outcome=outcome)


def may_answer(row: Objection, *, actor: User, now: datetime) -> None:
    """Raise NoticeRefused for who proposed the person, Impartial for who is tied to them."""
    enrolment = db.session.get_one(Enrolment, row.entry.enrolment_id)
    proposed = select(Decision.id).where(
        Decision.enrolment_id == enrolment.id,
        Decision.state == "proposed",
        Decision.proposed_by_id == actor.id,
    )
    if db.session.scalar(proposed.limit(1)) is not None:
        raise NoticeRefused(_("这个人是你提出发证的，异议要由别人来答复。"))
    refuse_if_tied(actor, enrolment.user, shanghai_date(now), _("答复这条异议"))


def waiting(actor: User, now: datetime) -> list[Objection]:
    """Return the objections in the actor's scope: open ones first, then the newest."""
    classes = readable_classes(actor, "objection.answer", shanghai_date(now))
    rows = db.session.scalars(
        select(Objection)
        .join(Objection.entry)
        .join(NoticeEntry.notice)
        .where(
            PublicNotice.class_id.in_(classes.with_only_columns(TrainingClass.id).order_by(None))
        )
        .options(
            joinedload(Objection.entry).joinedload(NoticeEntry.notice),
            joinedload(Objection.entry).joinedload(NoticeEntry.enrolment),
        )
        .order_by(Objection.outcome != "open", Objection.filed_at.desc())
        .limit(200)
    )
    return list(rows.unique())

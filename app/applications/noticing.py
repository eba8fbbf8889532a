"""The public notice (公示): who is proposed is shown for some days, and what that holds up.

Shown is the name with one character hidden, the class and the district; nothing else. How long is a
dated setting; where it is 0, no notice is asked, and one that is published all the same holds the
decision like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app import audit, rulebook
from app.applications.refusals import NoticeRefused
from app.clock import shanghai_date
from app.extensions import db
from app.formatting import mask_name, show_date
from app.models.applications import NoticeEntry, Objection, PublicNotice
from app.models.awards import Decision
from app.models.people import User
from app.models.training import Enrolment, TrainingClass

SHOWN_AFTER = timedelta(days=30)
"""How long a list stays public after its last day."""
MOST_DAYS = 60


def least_days(on: date) -> int:
    """Return for how many days the rules of a day ask at least; 0 for none."""
    days: int = rulebook.value("award.notice_days", on)
    return days


def to_be_noticed(training_class: TrainingClass) -> list[Enrolment]:
    """Return who of a class is proposed, waits for the decision and was on no notice yet."""
    noticed = select(NoticeEntry.enrolment_id)
    return list(
        db.session.scalars(
            select(Enrolment)
            .join(Decision, Decision.enrolment_id == Enrolment.id)
            .where(
                Enrolment.class_id == training_class.id,
                Decision.state == "proposed",
                Enrolment.id.not_in(noticed),
            )
            .order_by(Enrolment.enrolled_at, Enrolment.id)
        ).unique()
    )


def publish(
    training_class: TrainingClass, days: int, *, actor: User, now: datetime
) -> PublicNotice:
    """Publish everybody of a class who is proposed, for some days from today on.

    Raises NoticeRefused for fewer days than the rules ask, or when there is nobody to show.
    """
    on = shanghai_date(now)
    least = max(least_days(on), 1)
    if not least <= days <= MOST_DAYS:
        raise NoticeRefused(
            _("没有公示：公示要 %(low)d 到 %(high)d 天。", low=least, high=MOST_DAYS)
        )
    db.session.execute(
        select(TrainingClass.id).where(TrainingClass.id == training_class.id).with_for_update()
    )
    people = to_be_noticed(training_class)
    if not people:
        raise NoticeRefused(_("没有公示：这个班没有已经提出、还没公示过的人。请先提出发证。"))
    notice = PublicNotice(
        class_id=training_class.id,
        from_day=on,
        until_day=on + timedelta(days=days - 1),
        published_by_id=actor.id,
        published_at=now,
    )
    db.session.add(notice)
    db.session.flush()
    for place, enrolment in enumerate(people, 1):
        shown = mask_name(enrolment.user.name)
        db.session.add(
            NoticeEntry(
                notice_id=notice.id, enrolment_id=enrolment.id, place=place, shown_name=shown
            )
        )
    audit.record("notice.published", notice, actor=actor, now=now, people=len(people), days=days)
    return notice


def public(on: date) -> list[PublicNotice]:
    """Return the notices the public sees: those that run, then those that ended lately."""
    return list(
        db.session.scalars(
            select(PublicNotice)
            .where(PublicNotice.until_day >= on - SHOWN_AFTER)
            .options(selectinload(PublicNotice.entries))
            .order_by(PublicNotice.until_day.desc(), PublicNotice.id)
            .limit(100)
        ).unique()
    )


def find_public(notice_id: str, on: date) -> PublicNotice | None:
    """Return one notice while the public sees it."""
    found = db.session.get(PublicNotice, notice_id)
    return found if found is not None and found.until_day >= on - SHOWN_AFTER else None


def of_class(training_class: TrainingClass) -> list[PublicNotice]:
    """Return the notices of a class, newest first."""
    return list(
        db.session.scalars(
            select(PublicNotice)
            .where(PublicNotice.class_id == training_class.id)
            .options(selectinload(PublicNotice.entries))
            .order_by(PublicNotice.published_at.desc())
        ).unique()
    )


def holds(enrolment_ids: Sequence[str], on: date) -> dict[str, str]:
    """Return why the decision on some enrolments has to wait: a sentence by enrolment id.

    Each stands on a notice where the rules ask for one, its last day is over, and no objection is
    open or was found right. A constant number of queries.
    """
    until = dict(
        db.session.execute(
            select(NoticeEntry.enrolment_id, func.max(PublicNotice.until_day))
            .join(NoticeEntry.notice)
            .where(NoticeEntry.enrolment_id.in_(enrolment_ids))
            .group_by(NoticeEntry.enrolment_id)
        ).all()
    )
    against = dict(
        db.session.execute(
            # The lesser word is `open`: while one is open, that is what is said.
            select(NoticeEntry.enrolment_id, func.min(Objection.outcome))
            .join(Objection, Objection.entry_id == NoticeEntry.id)
            .where(
                NoticeEntry.enrolment_id.in_(enrolment_ids),
                Objection.outcome.in_(("open", "upheld")),
            )
            .group_by(NoticeEntry.enrolment_id)
        ).all()
    )
    asked = least_days(on) > 0
    found = {one: _held(until.get(one), against.get(one), asked, on) for one in enrolment_ids}
    return {one: sentence for one, sentence in found.items() if sentence}


def _held(until: date | None, against: str | None, asked: bool, on: date) -> str:
    if against == "open":
        return str(_("公示期间有人提了异议，还没有答复，现在不能发证。请先处理异议。"))
    if against == "upheld":
        return str(_("公示期间的异议成立，不能发证。可以决定不发证，或退回。"))
    if until is None:
        return str(_("还没有公示，规则要求先公示再决定。")) if asked else ""
    if until >= on:
        return str(_("正在公示，%(day)s 以后才能决定。", day=show_date(until)))
    return ""


def entry_of(notice: PublicNotice, entry_id: str) -> NoticeEntry | None:
    """Return one person on a notice."""
    return db.session.scalars(
        select(NoticeEntry)
        .where(NoticeEntry.id == entry_id, NoticeEntry.notice_id == notice.id)
        .options(joinedload(NoticeEntry.notice))
    ).first()

"""A place in a class kept for one named person until they open their own link.

The link is derived from the invitation's id and the application's secret, so that the list of links can
be fetched again and the database alone opens none. What the list said of phone and identity number is
sealed, and wiped once the link was used or has run out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import or_, select, update

from app import audit, clock, jobs, secrecy, throttle
from app.accounts import consents, identity
from app.accounts.phones import normal_phone
from app.errors import Refusal
from app.extensions import db
from app.models.classes import ClassInvitation
from app.models.people import Organisation, User
from app.models.training import TrainingClass
from app.training import enrolling, joining, waiting
from app.training.joining import Joined
from app.training.people_judging import phone_hash
from app.training.people_rows import Person

VALID = timedelta(days=30)
SIGNS = 16
WRONG_PHONES, PERIOD = 5, timedelta(minutes=15)
TABLE = "class_invitation"


class InvitationRefused(Refusal):
    """The link cannot be used like this."""


class WrongPhone(InvitationRefused):
    """Somebody opened a link who does not know the number it was made for. The caller counts it."""


def token_of(row: ClassInvitation) -> str:
    """Return what stands in a person's own link."""
    return row.id + _proof(row.id)


def find(token: str) -> ClassInvitation | None:
    """Return the invitation behind a link, locked against a second use; None for a forged one."""
    row_id, proof = token[:-SIGNS], token[-SIGNS:]
    if not hmac.compare_digest(_proof(row_id).encode(), proof.encode()):
        return None
    return db.session.scalar(
        select(ClassInvitation).where(ClassInvitation.id == row_id).with_for_update()
    )


def make(
    person: Person,
    training_class: TrainingClass,
    *,
    import_id: str,
    via: str,
    actor: User,
    now: datetime,
) -> ClassInvitation:
    """Keep a place for somebody of a list who has no account."""
    row = ClassInvitation(
        class_id=training_class.id,
        import_id=import_id,
        name=person.name,
        phone_hash=phone_hash(person.phone),
        category=person.category,
        subdistrict=person.street,
        employer=person.unit,
        organisation_id=person.organisation.id if person.organisation else None,
        via=via,
        invited_by_id=actor.id,
        invited_at=now,
        expires_at=now + VALID,
    )
    row.phone_sealed = _seal(person.phone, "phone_sealed", row.id)
    if person.identity:
        told = f"{person.identity_kind}:{person.identity}"
        row.identity_sealed = _seal(told, "identity_sealed", row.id)
    db.session.add(row)
    return row


def check_open(row: ClassInvitation, now: datetime) -> None:
    """Raise InvitationRefused with the reason when a link cannot be used."""
    if row.used_at is not None:
        raise InvitationRefused(_("这个报名链接已经用过。如果是你用的，请直接登录。"))
    if row.revoked_at is not None:
        raise InvitationRefused(_("这个报名链接已经收回。请问给你链接的人。"))
    if row.expires_at <= now:
        raise InvitationRefused(_("这个报名链接过期了，30 天内有效。请给你链接的人再报一次名。"))


def phone_of(row: ClassInvitation) -> str:
    """Return the phone number of the list; empty once it was wiped."""
    return _unseal(row.phone_sealed, "phone_sealed", row.id)


def check_phone(row: ClassInvitation, typed: str, now: datetime) -> str:
    """Return the number when it is the one of the list. Raises WrongPhone, InvitationRefused.

    Links travel in groups: the number keeps one person from taking another's place by mistake.
    """
    if throttle.tries("enrol.phone", row.id, PERIOD, now) >= WRONG_PHONES:
        raise InvitationRefused(_("手机号填错太多次了。请过 15 分钟再试，或问给你链接的人。"))
    number = normal_phone(typed)
    if number is None or not hmac.compare_digest(phone_hash(number), row.phone_hash):
        raise WrongPhone(
            _(
                "手机号和报名名单上的不一样。请填报名时留的手机号；号码变了，请找给你链接的人改名单。"
            )
        )
    return number


def count_wrong_phone(row_id: str, now: datetime) -> None:
    """Count a number that was not the one of the list."""
    throttle.count_try("enrol.phone", row_id, PERIOD, now)


def accept(row: ClassInvitation, user: User, *, keep_identity: bool, now: datetime) -> Joined:
    """Enrol the person with what the list said, in the place kept for them.

    Only where the class was made smaller meanwhile do they wait, at the end of the list.

    With `keep_identity` the person has consented to keep the number of the list. Raises
    InvitationRefused, CannotJoin, and what `identity.record` raises.
    """
    check_open(row, now)
    found = row.training_class
    row.used_at = now  # first: the place that was kept is the one that is taken
    joined = joining.join_or_wait(user, found, row.category, now=now, kept=True)
    if joined.enrolment is not None:
        joined.enrolment.via = row.via
        joined.enrolment.subdistrict = row.subdistrict or joined.enrolment.subdistrict or ""
    if row.organisation_id:
        employer = db.session.get_one(Organisation, row.organisation_id)
        enrolling.affiliate(user, employer, clock.shanghai_date(now), actor=user, now=now)
    if keep_identity and row.identity_sealed and user.identity is None:
        consents.give(user, "identity_number", actor=user, now=now)
        kind, _colon, number = _unseal(row.identity_sealed, "identity_sealed", row.id).partition(
            ":"
        )
        identity.record(user, kind, number, actor=user, now=now)
    wipe(row)
    audit.record("class_invitation.used", row, actor=user, now=now)
    return joined


def revoke(row: ClassInvitation, *, actor: User, now: datetime) -> None:
    """Make an unused link worthless and give its place to whoever waits. Raises InvitationRefused."""
    check_open(row, now)
    row.revoked_at = now
    wipe(row)
    audit.record("class_invitation.revoked", row, actor=actor, now=now)
    waiting.move_up(row.training_class, now=now)


def wipe(row: ClassInvitation) -> None:
    """Forget phone and identity number of the list."""
    row.phone_sealed = row.identity_sealed = ""


def waiting_for(class_id: str, now: datetime) -> list[ClassInvitation]:
    """Return the links of a class that can still be used, by employer and name."""
    rows = select(ClassInvitation).where(*waiting.usable_links(class_id, now))
    return list(db.session.scalars(rows.order_by(ClassInvitation.employer, ClassInvitation.name)))


@jobs.every(3_600, "training.invitations_wiped")
def wipe_old(now: datetime) -> None:
    """Forget the numbers of links that have run out; their places go to whoever waits."""
    run_out = (
        ClassInvitation.expires_at < now,
        or_(ClassInvitation.phone_sealed != "", ClassInvitation.identity_sealed != ""),
    )
    freed = list(db.session.scalars(select(ClassInvitation.class_id).where(*run_out).distinct()))
    db.session.execute(
        update(ClassInvitation).where(*run_out).values(phone_sealed="", identity_sealed="")
    )
    db.session.commit()
    for class_id in freed:
        waiting.move_up(db.session.get_one(TrainingClass, class_id), now=now)
        db.session.commit()


def _proof(row_id: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.new(secret, f"class invitation:{row_id}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:SIGNS].lower()


def _seal(plain: str, column: str, row_id: str) -> str:
    return secrecy.seal(plain, table=TABLE, column=column, row=row_id)


def _unseal(sealed: str, column: str, row_id: str) -> str:
    return secrecy.unseal(sealed, table=TABLE, column=column, row=row_id) if sealed else ""

"""What a person chose: by which channel, with which e-mail address, of what not."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app import audit, messages, secrecy, throttle
from app.errors import Refusal
from app.extensions import db, reading_only
from app.models.notices import NoticeChoice, NoticeStop
from app.models.people import User
from app.notices.kinds import BY_CODE, STOPPABLE

PERIOD = timedelta(minutes=15)
WRONG_CODES = 5
CODES_SENT = 3
DOUBLE_CLICK = timedelta(minutes=1)
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class ChoiceRefused(Refusal):
    """The choice cannot be made like this; nothing was changed. The caller commits what is counted."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def of(user_id: str) -> NoticeChoice | None:
    """Return a person's choice."""
    return db.session.scalar(select(NoticeChoice).where(NoticeChoice.user_id == user_id))


def stopped(user_id: str) -> set[str]:
    """Return the kinds that a person stopped."""
    return set(db.session.scalars(select(NoticeStop.kind).where(NoticeStop.user_id == user_id)))


def choose(
    user: User, channel: str, wanted: Collection[str], *, actor: User, now: datetime
) -> None:
    """Set the channel and which of the stoppable kinds a person wants.

    Raises ChoiceRefused for e-mail without a confirmed address.
    """
    row = _row(user, now)
    if channel == "email" and row.email_confirmed_at is None:
        raise ChoiceRefused(_("要先登记邮箱并填回验证码，才能用邮件通知。"), "channel")
    row.channel, row.changed_at = channel, now
    stops = {one.code for one in STOPPABLE} - set(wanted)
    before = stopped(user.id)
    db.session.execute(
        delete(NoticeStop).where(NoticeStop.user_id == user.id, NoticeStop.kind.in_(before - stops))
    )
    db.session.add_all(
        NoticeStop(user_id=user.id, kind=code, stopped_at=now) for code in stops - before
    )
    audit.record("notice.chosen", row, actor=actor, now=now, channel=channel, stopped=sorted(stops))


def give_mail(user: User, typed: str, *, actor: User, now: datetime) -> None:
    """Keep an e-mail address, encrypted, and send it a code. It is used once the code came back.

    Raises ChoiceRefused for what is no address, or too many codes.
    """
    address = typed.strip()
    if not _MAIL.fullmatch(address) or len(address) > 200:
        raise ChoiceRefused(_("这不像邮箱地址，应像 name@example.com。"), "email")
    row, code = _row(user, now), f"{secrets.randbelow(1_000_000):06d}"
    recent = row.email_code_hash and now - row.changed_at < DOUBLE_CLICK
    if recent and _opened(row.email_sealed, row.id) == address:
        return  # a double click: the code is on its way
    if throttle.count_try("notice.mail", user.id, PERIOD, now) > CODES_SENT:
        raise ChoiceRefused(_("验证码发得太勤，请过一刻钟再试。"), "email")
    row.email_sealed = secrecy.seal(
        address, table=row.__tablename__, column="email_sealed", row=row.id
    )
    name, _at, domain = address.partition("@")
    row.email_shown, row.email_confirmed_at = f"{name[:1]}***@{domain}"[:80], None
    row.email_code_hash, row.changed_at = _hash_of(row, code), now
    if row.channel == "email":
        row.channel = "sms"
    message = messages.send(
        user,
        "notice.mail_code",
        _("核对邮箱"),
        _("验证码：%(code)s。请填回“通知”那一页。不是你本人要的，不用理会。", code=code),
        now=now,
    )
    message.channel = "email"
    audit.record("notice.mail_given", row, actor=actor, now=now)


def confirm_mail(user: User, code: str, *, actor: User, now: datetime) -> None:
    """Take the code back: the address is the person's own. Raises ChoiceRefused."""
    row = _row(user, now)
    if throttle.tries("notice.code", user.id, PERIOD, now) >= WRONG_CODES:
        raise ChoiceRefused(_("验证码错了太多次，请过一刻钟再试。"), "code")
    fits = row.email_code_hash and secrets.compare_digest(
        row.email_code_hash, _hash_of(row, code.strip())
    )
    if not fits:
        throttle.count_try("notice.code", user.id, PERIOD, now)
        raise ChoiceRefused(_("验证码不对，请看最近那封邮件。"), "code")
    row.email_code_hash, row.email_confirmed_at, row.changed_at = "", now, now
    audit.record("notice.mail_confirmed", row, actor=actor, now=now)


def mail_address(user: User, *, even_unconfirmed: bool = False) -> str:
    """Return a person's address, or nothing; leaves no transaction open.

    An adapter looks here, and what then waits for a slow server must hold up nobody.
    """
    columns = NoticeChoice.id, NoticeChoice.email_sealed, NoticeChoice.email_confirmed_at
    with reading_only():
        row = db.session.execute(select(*columns).where(NoticeChoice.user_id == user.id)).first()
        db.session.rollback()
    if row is None or (row.email_confirmed_at is None and not even_unconfirmed):
        return ""
    return _opened(row.email_sealed, row.id)


def _opened(sealed: str, row_id: str) -> str:
    if not sealed:
        return ""
    table = NoticeChoice.__tablename__
    return secrecy.unseal(sealed, table=table, column="email_sealed", row=row_id)


def wants(user_id: str, group: str) -> bool:
    """Tell whether a person takes a group's messages; what cannot be stopped is always taken."""
    kind = BY_CODE.get(group)
    return kind is None or not kind.may_stop or group not in stopped(user_id)


def _row(user: User, now: datetime) -> NoticeChoice:
    row = of(user.id)
    if row is None:
        row = NoticeChoice(user_id=user.id, channel="sms", changed_at=now)
        row.email_sealed = row.email_shown = row.email_code_hash = ""
        db.session.add(row)
        db.session.flush()
    return row


def _hash_of(row: NoticeChoice, code: str) -> str:
    return secrecy.match_hash(f"notice:{row.id}:{code}")

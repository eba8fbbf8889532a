"""Hours for the time bank (沪助养老时光汇): the account number, if given, and the sheet of hours.

The programme has published no format that we know; the sheet is ours: one row a signed visit.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

import xlsxwriter
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import audit, secrecy
from app.clock import SHANGHAI
from app.extensions import db
from app.models.people import User
from app.models.practicum import PracticumVisit, TimeBankAccount
from app.models.training import Enrolment
from app.practicum.refusing import PracticumRefused
from app.practicum.wording import TASKS

_NUMBER = re.compile(r"[0-9A-Za-z]{6,30}")


def account_of(user: User) -> TimeBankAccount | None:
    """Return a person's account row."""
    return db.session.scalar(select(TimeBankAccount).where(TimeBankAccount.user_id == user.id))


def keep(user: User, typed: str, *, actor: User, now: datetime) -> None:
    """Store a number, encrypted; empty takes it away. Raises PracticumRefused."""
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", typed))
    row = account_of(user)
    if not plain:
        if row is not None:
            audit.record("practicum.time_bank_removed", row, actor=actor, now=now)
            db.session.delete(row)
        return
    if not _NUMBER.fullmatch(plain):
        raise PracticumRefused(_("账号是 6 到 30 位数字或字母，请照时光汇里显示的填。"), "number")
    if row is None:
        row = TimeBankAccount(user_id=user.id)
        db.session.add(row)
    row.number_sealed = secrecy.seal(
        plain, table=row.__tablename__, column="number_sealed", row=row.id
    )
    row.shown = f"{plain[:2]}{'*' * (len(plain) - 4)}{plain[-2:]}"
    row.recorded_at = now
    db.session.flush()
    audit.record("practicum.time_bank_kept", row, actor=actor, now=now)


def number_of(row: TimeBankAccount) -> str:
    """Return an account's number."""
    return secrecy.unseal(
        row.number_sealed, table=row.__tablename__, column="number_sealed", row=row.id
    )


def signed_visits(enrolment_ids: Sequence[str]) -> list[PracticumVisit]:
    """Return the signed visits of these enrolments, by day."""
    return list(
        db.session.scalars(
            select(PracticumVisit)
            .where(PracticumVisit.enrolment_id.in_(enrolment_ids), PracticumVisit.state == "signed")
            .options(selectinload(PracticumVisit.moments), selectinload(PracticumVisit.enrolment))
            .order_by(PracticumVisit.began_at, PracticumVisit.id)
        ).unique()
    )


def rows_of(visits: Sequence[PracticumVisit]) -> list[list[str]]:
    """Return the sheet's rows: only people who gave an account number are on it."""
    people = {visit.enrolment.user_id for visit in visits}
    accounts = {
        row.user_id: row
        for row in db.session.scalars(
            select(TimeBankAccount).where(TimeBankAccount.user_id.in_(people))
        )
    }
    found = []
    for visit in visits:
        account = accounts.get(visit.enrolment.user_id)
        if account is None or not visit.moments:
            continue
        first, last = visit.moments[0].happened_at, visit.moments[-1].happened_at
        found.append(
            [
                visit.enrolment.user.name,
                number_of(account),
                f"{first.astimezone(SHANGHAI):%Y-%m-%d}",
                f"{first.astimezone(SHANGHAI):%H:%M}",
                f"{last.astimezone(SHANGHAI):%H:%M}",
                hours(visit.minutes),
                "、".join(str(TASKS[code]) for code in visit.tasks),
                visit.place.name,
                visit.id,
            ]
        )
    return found


def hours(minutes: int) -> str:
    """Return minutes as hours with two decimals, cut off: 100 minutes are 1.66."""
    return f"{(Decimal(minutes) / 60).quantize(Decimal('0.01'), rounding=ROUND_DOWN)}"


def sheet(visits: Sequence[PracticumVisit]) -> bytes:
    """Return the workbook; every cell is a text, so that long numbers stay whole."""
    columns = [
        *(_("姓名"), _("时光汇账号"), _("日期"), _("开始"), _("结束")),
        *(_("服务小时"), _("服务内容"), _("实训点"), _("记录编号")),
    ]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False}) as book:
        page = book.add_worksheet(_("服务时间"))
        page.set_column(0, len(columns) - 1, 16)
        for number, line in enumerate([columns, *rows_of(visits)]):
            for column, value in enumerate(line):
                page.write_string(number, column, value)
        page.freeze_panes(1, 0)
    return out.getvalue()


def note_export(enrolments: Sequence[Enrolment], count: int, *, actor: User, now: datetime) -> None:
    """Note who took account numbers out, of whose records."""
    ids = [one.id for one in enrolments]
    audit.record_many("practicum.hours_exported", Enrolment, ids, actor=actor, now=now, rows=count)

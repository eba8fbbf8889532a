"""The state checker: finds records of the register that cannot be, and says what would mend each.

Reads only, in batches, and holds no lock. Each finding names its code, the object and, where the
machine can mend it once a person says so, the repair (`repairing`). What only a backup can mend is
said as such. Whether a decision was right is not asked here; whether it exists is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app.awards import files
from app.blobs import BlobDamagedError
from app.clock import shanghai_date
from app.extensions import db, reading_only
from app.models.awards import Certificate, Decision, StatusChange
from app.models.exams import Result
from app.register import across, ledger
from app.register.found import Finding, of
from certificates import numbers

BATCH = 500
DECIDED = frozenset({"granted", "renewed", "replaced"})
"""States of a decision on which a certificate may rest."""
GIVES = ("granted", "renewed", "replaced")
"""States of a decision that a certificate rests on: a first one, or one that follows another."""


@dataclass(frozen=True)
class Facts:
    """What is known of one certificate beside its own row."""

    row: Certificate
    lines: Sequence[StatusChange]
    decision: Decision | None
    released: bool
    today: date


Tick = Callable[[int, int], None]


def find(now: datetime, *, with_files: bool = True, tick: Tick | None = None) -> list[Finding]:
    """Look through the whole register; ends the transaction, so the caller brings no unsaved work.

    `tick(done, total)` is called with no transaction open.
    """
    found: list[Finding] = []
    with reading_only():
        ids = list(db.session.scalars(select(Certificate.id).order_by(Certificate.id)))
        found += across.find(now)
        db.session.rollback()
    for start in range(0, len(ids), BATCH):
        with reading_only():
            for facts in _facts(ids[start : start + BATCH], now):
                found += of_one(facts, with_files=with_files)
            db.session.rollback()
        if tick is not None:
            tick(min(start + BATCH, len(ids)), len(ids))
    return found


def find_again(code: str, object_id: str, now: datetime) -> Finding | None:
    """Look once more for one finding: a repair is only done where it still stands."""
    if code in across.CODES:
        around = list(across.find(now))
    else:
        around = [one for facts in _facts([object_id], now) for one in of_one(facts)]
    return next((one for one in around if (one.code, one.object_id) == (code, object_id)), None)


def of_one(facts: Facts, *, with_files: bool = False) -> Iterator[Finding]:
    """Find what cannot be about one certificate."""
    yield from _decision(facts)
    yield from _lines(facts)
    yield from _dates_and_number(facts)
    if with_files:
        yield from _file(facts)


def _facts(ids: Sequence[str], now: datetime) -> Iterator[Facts]:
    query = (
        select(Certificate, Decision, Result.released_at)
        .outerjoin(Decision, Decision.id == Certificate.decision_id)
        .outerjoin(Result, Result.id == Decision.result_id)
        .where(Certificate.id.in_(ids))
        .options(lazyload(Certificate.user), lazyload(Decision.user))
        .order_by(Certificate.id)
    )
    rows = db.session.execute(query).all()
    lines = ledger.histories(row for row, _decision, _at in rows)
    today = shanghai_date(now)
    for row, decision, released_at in rows:
        yield Facts(row, lines[row.id], decision, released_at is not None, today)


def _decision(facts: Facts) -> Iterator[Finding]:
    row, decision = facts.row, facts.decision
    office = _("请登记员和发证决定人核对原始材料，写明经过；该收回的，按撤销办。")
    if decision is None or decision.state not in GIVES or decision.decided_by_id is None:
        yield of(row, "not_granted", _("有证书，但没有发证的决定。"), advice=office)
    elif decision.user_id != row.user_id:
        yield of(row, "other_person", _("证书和发证决定不是同一个人。"), advice=office)
    if not facts.released:
        yield of(row, "not_released", _("有证书，但考试成绩没有公布过。"), advice=office)


def _lines(facts: Facts) -> Iterator[Finding]:
    row, lines = facts.row, facts.lines
    if not lines:
        yield of(
            row,
            "no_lines",
            _("登记里没有签发这一行。"),
            _("补上签发那一行：签发时间照证书，经手人照发证决定。"),
        )
        return
    backup = _("登记的行只增不改。请用备份核对少了或多了什么，再由管理员从备份恢复。")
    if [line.number for line in lines] != list(range(1, len(lines) + 1)):
        yield of(row, "line_missing", _("登记的行号不连续，有行不见了。"), advice=backup)
    if lines[0].status != "valid" or any(_impossible(one, two) for one, two in pairwise(lines)):
        yield of(
            row,
            "out_of_order",
            _("登记的行先后不对：时间倒退，或终止以后还有改动。"),
            advice=backup,
        )
    last = lines[-1]
    if row.status != last.status:
        yield of(
            row,
            "status_differs",
            _("证书上标的是“%(one)s”，登记最后一行是“%(two)s”。", one=row.status, two=last.status),
            _("照登记的最后一行改证书上的标记。"),
        )
    elif last.status == "suspended" and last.until is not None and last.until < facts.today:
        yield of(
            row,
            "term_over",
            _("暂停期已满，证书还标着暂停。"),
            _("记下暂停期满、恢复有效这一行。"),
        )


def _impossible(before: StatusChange, after: StatusChange) -> bool:
    if after.at < before.at:
        return True
    if before.status not in ledger.FINAL:
        return False
    return (after.status, after.reason_code) != ("valid", "appeal_upheld")


def _dates_and_number(facts: Facts) -> Iterator[Finding]:
    row, printed = facts.row, facts.row.printed
    until = row.valid_until.isoformat() if row.valid_until else None
    if until != printed["valid_until"]:
        expired = bool(printed["valid_until"]) and printed["valid_until"] < facts.today.isoformat()
        what = (
            _("证书上印的有效期已过，登记里却还有效。")
            if expired
            else _("登记的有效期和证书上印的不一样。")
        )
        yield of(row, "validity_differs", what, _("照证书上印的改登记里的有效期。"))
    elif row.valid_until is not None and row.valid_until < row.valid_from:
        yield of(row, "validity_backward", _("有效期的终点早于起点。"), advice=_reissue())
    if printed["number"] != row.number or not printed["check_address"].endswith(row.token):
        yield of(
            row, "number_differs", _("登记的编号或查验地址和证书上印的不一样。"), advice=_reissue()
        )
    elif numbers.check_character(row.number[:-1]) != row.number[-1]:
        yield of(row, "number_wrong", _("编号的校验位不对。"), advice=_reissue())


def _reissue() -> str:
    return str(_("印出来的改不了。请核对原始材料，按更正办一张新证书。"))


def _file(facts: Facts) -> Iterator[Finding]:
    try:
        files.read(facts.row)
    except BlobDamagedError:
        yield of(
            facts.row,
            "file_damaged",
            _("签发的文件不见了，或和签发时的 SHA-256 不一样。"),
            advice=_("证书照样查得到。请管理员从备份恢复文件 %(id)s。", id=facts.row.pdf_blob_id),
        )

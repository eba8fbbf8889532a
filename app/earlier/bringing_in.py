"""Bringing a sheet in: tried first, then whole or not at all; and changing a status afterwards.

The file that is brought in must be the one that was tried, byte for byte, and the same sheet is not
brought in twice. A number that this system has given, or that came with another sheet, is a fault.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import insert, select

from app import audit
from app.clock import shanghai_date
from app.earlier import finding, sheet
from app.earlier.refusing import EarlierRefused
from app.earlier.sheet import Line, Read
from app.extensions import db
from app.models.awards import Certificate
from app.models.base import new_ids
from app.models.hospitals import EarlierCertificate, EarlierChange, EarlierImport
from app.models.people import User
from app.register import ledger

AT_ONCE = 500
FINAL = frozenset({"withdrawn", "cancelled", "replaced"})
CHANGES = ("suspended", "valid", "withdrawn", "cancelled", "replaced")


def try_out(data: bytes, now: datetime) -> tuple[Read, str]:
    """Read a sheet and find every fault, writing nothing; return it with the file's SHA-256."""
    done = sheet.read(data, shanghai_date(now))
    taken = _taken([line.number for line in done.lines])
    done.faults += [
        (line.place, _("编号 %(number)s 已经在登记里。", number=line.number))
        for line in done.lines
        if line.number in taken
    ]
    return done, hashlib.sha256(data).hexdigest()


def bring_in(
    data: bytes, tried: str, file_name: str, source: str, *, actor: User, now: datetime
) -> EarlierImport:
    """Bring a sheet in that was tried and has no fault. Raises EarlierRefused."""
    done, sha256 = try_out(data, now)
    if sha256 != tried:
        raise EarlierRefused(_("这不是刚才试读的那个文件。请先试读，再选同一个文件补登。"))
    if done.faults:
        raise EarlierRefused(
            _("有 %(n)d 处要改，一张也没有补登。改好表格再试读。", n=len(done.faults))
        )
    if db.session.scalar(select(EarlierImport.id).where(EarlierImport.sha256 == sha256)):
        raise EarlierRefused(_("这份表格已经补登过了。"))
    row = EarlierImport(
        file_name=file_name[:120],
        sha256=sha256,
        rows=len(done.lines),
        source=source,
        brought_by_id=actor.id,
        brought_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _insert(row, done.lines)
    audit.record("earlier.brought_in", row, actor=actor, now=now, rows=row.rows, sha256=sha256)
    return row


def change(
    certificate: EarlierCertificate, status: str, reason: str, *, actor: User, now: datetime
) -> EarlierChange:
    """Enter a change of status. Raises EarlierRefused."""
    if status not in CHANGES:
        raise ValueError(status)
    if not reason.strip():
        raise EarlierRefused(_("请写明理由。"))
    db.session.execute(
        select(EarlierCertificate.id)
        .where(EarlierCertificate.id == certificate.id)
        .with_for_update()
    )
    lines = finding.histories([certificate])[certificate.id]
    before = lines[-1].status if lines else "valid"
    if before in FINAL or before == status:
        raise EarlierRefused(
            _("这张证书的状态已经是“%(word)s”，没有再改动。", word=ledger.word(before))
        )
    row = EarlierChange(
        certificate_id=certificate.id,
        number=len(lines) + 1,
        status=status,
        reason=reason.strip()[:300],
        by_id=actor.id,
        at=now,
    )
    db.session.add(row)
    audit.record("earlier.status", certificate, actor=actor, now=now, status=status)
    return row


def _taken(numbers: list[str]) -> set[str]:
    taken: set[str] = set()
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        for model in (Certificate, EarlierCertificate):
            taken |= set(db.session.scalars(select(model.number).where(model.number.in_(some))))
    return taken


def _insert(row: EarlierImport, lines: Sequence[Line]) -> None:
    ids = new_ids(len(lines))
    db.session.execute(
        insert(EarlierCertificate),
        [
            {
                "id": row_id,
                "import_id": row.id,
                "number": line.number,
                "name": line.name,
                "title": line.title,
                "issuer": line.issuer,
                "issued_on": line.issued_on,
                "valid_until": line.valid_until,
                "organisation": line.organisation,
            }
            for row_id, line in zip(ids, lines, strict=True)
        ],
    )

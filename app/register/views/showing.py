"""What several pages of the register show of one certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.clock import shanghai_date
from app.errors import Refusal
from app.extensions import db
from app.models.awards import Certificate
from app.models.people import User
from app.register import appealing, deciding, ledger, reasons


def whole(row: Certificate, now: datetime) -> dict[str, Any]:
    """Return the verdict, the ledger with its words, the hearings and the appeals."""
    lines = ledger.history(row)
    hearings, appeals = deciding.hearings(row), appealing.of_certificate(row)
    verdict = ledger.verdict(row, lines, now)
    people = {line.by_id for line in lines} | {one.decided_by_id for one in appeals.values()}
    people |= {one.opened_by_id for one in hearings} | {one.closed_by_id for one in hearings}
    names = db.session.execute(select(User.id, User.name).where(User.id.in_(people - {None})))
    return {
        "row": row,
        "printed": row.printed,
        "verdict": verdict,
        "sentence": ledger.sentence(verdict),
        "lines": [
            (line, ledger.word(line.status), reasons.label(line.status, line.reason_code))
            for line in lines
        ],
        "hearings": hearings,
        "appeals": appeals,
        "names": dict(names.all()),
        "word": ledger.word,
        "label": reasons.label,
        "may_reply": {one.id for one in hearings if deciding.may_reply(one, now)},
        "may_appeal": {
            line.id: appealing.last_day(line)
            for line in lines
            if line.id not in appeals and appealing.may_file(line, now)
        },
        "today": shanghai_date(now),
    }


def obstacle(check: Callable[[], None]) -> str:
    """Return the sentence with which a check refuses; empty when it does not."""
    try:
        check()
    except Refusal as refusal:
        return refusal.sentence
    return ""

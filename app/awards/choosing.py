"""Which certificates are meant by a list of numbers, and which of them may be ended by whom.

Numbers are typed or pasted, one a line or with anything between them; each that cannot be acted on
comes back with the reason, so that nobody believes something was done to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.awards.batches import MOST
from app.awards.serials import number_format
from app.clock import shanghai_date
from app.eligibility import impartiality
from app.extensions import db
from app.formatting import in_english
from app.models.awards import Certificate, Decision
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.permissions import allows
from app.register import ledger
from app.training.scope import class_scope
from certificates.numbers import NumberError, parse

_BETWEEN = re.compile(r"[\n\r,，;；、\t]+")


@dataclass(frozen=True)
class Chosen:
    """One number of the list: its certificate, and why it cannot be ended; empty when it can."""

    text: str
    certificate: Certificate | None
    obstacle: str


def chosen(text: str, *, actor: User, now: datetime) -> list[Chosen]:
    """Read a list of numbers in its order; each number counts once."""
    form = number_format(shanghai_date(now))
    typed = list(dict.fromkeys(part.strip() for part in _BETWEEN.split(text) if part.strip()))
    read: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for one in typed[:MOST]:
        try:
            read.setdefault(str(parse(one, form)), one)
        except NumberError as error:
            wrong[one] = error.en if in_english() else error.zh
    rows = _rows(list(read))
    obstacles = _obstacles(rows, actor, now)
    unknown = str(_("登记里没有这个编号。"))
    found = [
        Chosen(number, rows.get(number), obstacles.get(number, "" if number in rows else unknown))
        for number in read
    ]
    return found + [Chosen(one, None, why) for one, why in wrong.items()]


def _rows(numbers: Sequence[str]) -> dict[str, Certificate]:
    query = select(Certificate).where(Certificate.number.in_(numbers))
    rows = db.session.scalars(query.options(joinedload(Certificate.user)))
    return {row.number: row for row in rows}


def _obstacles(rows: dict[str, Certificate], actor: User, now: datetime) -> dict[str, str]:
    people = list({row.user_id: row.user for row in rows.values()}.values())
    tied = impartiality.refusals(actor, people, shanghai_date(now), str(_("改动这张证书")))
    places = _classes(list(rows.values()))
    found = {}
    for number, row in rows.items():
        if not allows(actor, "award.withdraw", class_scope(places[row.decision_id])):
            found[number] = str(_("登记里没有这个编号。"))
        elif row.status in ledger.FINAL:
            found[number] = str(_("状态已经是“%(word)s”，不再改动。", word=ledger.word(row.status)))
        elif row.user_id in tied:
            found[number] = tied[row.user_id]
    return found


def _classes(rows: Sequence[Certificate]) -> dict[str, TrainingClass]:
    query = (
        select(Decision.id, TrainingClass)
        .join(Enrolment, Enrolment.id == Decision.enrolment_id)
        .join(TrainingClass, TrainingClass.id == Enrolment.class_id)
        .where(Decision.id.in_([row.decision_id for row in rows]))
    )
    return dict(db.session.execute(query).unique().all())

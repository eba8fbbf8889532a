"""Find certificates of the register by their number, whole or in part.

By number only: a name in an address would stand in logs and in the browser's history.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from sqlalchemy import Select, select

from app.extensions import db
from app.models.awards import Certificate
from certificates.numbers import ALPHABET

LEAST = 4
"""Characters: fewer would list half the register."""
MOST = 50


def stored_form(typed: str) -> str:
    """Return what was typed as numbers are stored: capitals and digits, no spaces or dashes."""
    letters = unicodedata.normalize("NFKC", typed).upper()
    return "".join(one for one in letters if one in ALPHABET)[:24]


def by_number(number: str, own: Select[str]) -> Sequence[Certificate]:
    """Return the certificates among `own` whose number holds `number`, at most `MOST` and one."""
    if len(number) < LEAST:
        return []
    query = select(Certificate).where(Certificate.number.contains(number), Certificate.id.in_(own))
    return db.session.scalars(query.order_by(Certificate.number).limit(MOST + 1)).all()

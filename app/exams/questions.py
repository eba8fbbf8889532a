"""Questions as the exam uses them: loaded once per process, since a version never changes."""

from __future__ import annotations

from collections import OrderedDict

from sqlalchemy import Connection, bindparam, select

from app.extensions import db
from app.models.bank import QuestionVersion
from question_bank import Question, load

FIND = select(QuestionVersion.body).where(QuestionVersion.id == bindparam("version"))

MOST = 4000
_loaded: OrderedDict[str, Question] = OrderedDict()


def question(version_id: str, on: Connection | None = None) -> Question:
    """Return the question of a version, asked for once on a connection or in the session's."""
    found = _loaded.get(version_id)
    if found is None:
        connection = on or db.session.connection()
        found = load(connection.execute(FIND, {"version": version_id}).scalar_one())
        _loaded[version_id] = found
        if len(_loaded) > MOST:
            _loaded.popitem(last=False)
    return found


def is_loaded(version_id: str) -> bool:
    """Tell whether this process has a version's question already."""
    return version_id in _loaded


def asked(version_id: str, part: str, on: Connection | None = None) -> Question:
    """Return what one slot asks: the question, or the named part of a case."""
    whole = question(version_id, on)
    if not part:
        return whole
    return next(one for one in whole.parts if one.id == part)

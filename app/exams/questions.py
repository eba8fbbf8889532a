"""Questions as the exam uses them: loaded once per process, since a version never changes."""

from __future__ import annotations

from collections import OrderedDict

from app.extensions import db
from app.models.bank import QuestionVersion
from question_bank import Question, load

MOST = 4000
_loaded: OrderedDict[str, Question] = OrderedDict()


def question(version_id: str) -> Question:
    """Return the question of a version."""
    found = _loaded.get(version_id)
    if found is None:
        found = load(db.session.get_one(QuestionVersion, version_id).body)
        _loaded[version_id] = found
        if len(_loaded) > MOST:
            _loaded.popitem(last=False)
    return found


def asked(version_id: str, part: str) -> Question:
    """Return what one slot asks: the question, or the named part of a case."""
    whole = question(version_id)
    if not part:
        return whole
    return next(one for one in whole.parts if one.id == part)

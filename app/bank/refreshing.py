"""Work out again the facts that are kept beside each version.

A version never changes, but what this program can do with it may: a kind that no page could ask
yesterday is examinable today. Nothing a candidate was shown depends on these copies; exams that were
published keep the facts they were frozen with.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from app.extensions import db, reading_only
from app.models.bank import QuestionVersion
from question_bank import dump_facts, facts_of, load

AT_ONCE = 200


def refresh_facts() -> int:
    """Bring the facts of all versions up to date; commits in small parts. Returns how many changed."""
    changed, after = 0, ""
    while True:
        with reading_only():
            rows = db.session.execute(
                select(QuestionVersion.id, QuestionVersion.body, QuestionVersion.facts)
                .where(QuestionVersion.id > after)
                .order_by(QuestionVersion.id)
                .limit(AT_ONCE)
            ).all()
            db.session.rollback()
        if not rows:
            return changed
        after = rows[-1][0]
        stale: list[dict[str, Any]] = [
            {"id": version_id, "facts": facts}
            for version_id, body, kept in rows
            if (facts := dump_facts(facts_of(load(body)))) != kept
        ]
        if stale:
            db.session.execute(update(QuestionVersion), stale)
            db.session.commit()
            changed += len(stale)

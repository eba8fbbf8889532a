"""Whose word counts on a version, and what has to be said before it may be asked in earnest.

The fact stands with the approvals: two people, neither of them the author, the version's writer or
who answers for it; among them a clinical or legal reviewer where the domain (a dated rule) or the
question itself asks for one. A status is only a summary. What a machine drafted counts for nothing
without a named person who answers for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app import rulebook
from app.config import Settings
from app.models.bank import Approval, QuestionEntry, QuestionVersion
from app.models.people import Role

APPROVALS_NEEDED = 2
AI_DRAFTED = "ai_drafted"
CLINICAL, LEGAL = "clinical", "legal"
FIELD_ROLES = {CLINICAL: Role.CLINICAL_REVIEWER, LEGAL: Role.LEGAL_REVIEWER}
FIELD_RULES = {CLINICAL: "bank.clinical_domains", LEGAL: "bank.legal_domains"}
# How authors call these people in `reviewers_needed`; other words there ask for no role.
FIELD_WORDS = {
    CLINICAL: frozenset({"clinical", "临床", "急诊", "门诊护理", "护理", "医学", "医疗"}),
    LEGAL: frozenset({"legal", "法律", "法务", "法规"}),
}


def counts_demonstration() -> bool:
    """Tell whether approvals that the demonstration gave count: never in production."""
    settings: Settings = current_app.config["PEIZHEN"]
    return settings.demo


def fields_asked(words: Iterable[str]) -> frozenset[str]:
    """Return the fields that a question's own `reviewers_needed` asks for."""
    said = {word.strip().casefold() for word in words}
    return frozenset(field for field, known in FIELD_WORDS.items() if said & known)


def domains_of(on: date) -> dict[str, list[str]]:
    """Return, by field, the domains whose questions need a reviewer of that field on a day."""
    return {field: list(rulebook.value(rule, on)) for field, rule in FIELD_RULES.items()}


def fields_needed(entry: QuestionEntry, on: date) -> frozenset[str]:
    """Return the fields that one of the reviewers of this question has to come from."""
    own = {CLINICAL: entry.asks_clinical, LEGAL: entry.asks_legal}
    by_rule = domains_of(on)
    return frozenset(f for f in FIELD_ROLES if own[f] or entry.domain in by_rule[f])


def needs_field(field: str, domains: dict[str, list[str]]) -> ColumnElement[bool]:
    """Return the same as a condition on the entry."""
    own = {CLINICAL: QuestionEntry.asks_clinical, LEGAL: QuestionEntry.asks_legal}[field]
    return or_(own.is_(True), QuestionEntry.domain.in_(domains[field]))


def counting_approval() -> ColumnElement[bool]:
    """Return the condition under which a row of Approval counts; joins version and entry."""
    insiders = (
        QuestionEntry.author_id,
        QuestionEntry.responsible_id,
        QuestionVersion.created_by_id,
    )
    counts = and_(
        Approval.approves.is_(True),
        *(or_(one.is_(None), Approval.reviewer_id != one) for one in insiders),
    )
    return counts if counts_demonstration() else and_(counts, Approval.demonstration.is_(False))


def has_field(field: str) -> ColumnElement[bool]:
    """Return the condition that a counting approval of the version speaks for a field."""
    spoken: Select[tuple[str]] = _said(select(Approval.id).where(Approval.field == field))
    return spoken.exists()


def approved(on: date) -> ColumnElement[bool]:
    """Return the condition under which a version, joined with its entry, passed its review."""
    people = _said(select(func.count(Approval.reviewer_id.distinct()))).scalar_subquery()
    domains = domains_of(on)
    return and_(
        people >= APPROVALS_NEEDED,
        *(or_(~needs_field(field, domains), has_field(field)) for field in FIELD_ROLES),
        or_(QuestionEntry.writer_kind != AI_DRAFTED, QuestionEntry.responsible_id.is_not(None)),
    )


def _said(what: Select[Any]) -> Select[Any]:
    return what.where(Approval.version_id == QuestionVersion.id, counting_approval()).correlate(
        QuestionVersion, QuestionEntry
    )

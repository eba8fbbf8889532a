"""Rows of the directory for tests: institutions with entries, and people who work there."""

from __future__ import annotations

from datetime import timedelta

from app import clock
from app.directory import keeping
from app.directory.keeping import Entry
from app.models.awards import Certificate
from app.models.directory import InstitutionPage
from app.models.people import Organisation, Role, ScopeKind, User
from tests import factories
from tests.app.awards import rows as awards
from tests.app.training import rows as training


def institution(name: str = "示例护理院") -> Organisation:
    """Make an institution."""
    return factories.organisation("institution", name=name)


def manager(organisation: Organisation) -> User:
    """Make the manager of one institution."""
    return factories.user(Role.INSTITUTION_MANAGER, scope=(ScopeKind.ORGANISATION, organisation.id))


def entry(**changes: object) -> Entry:
    """Return a full entry."""
    values: dict[str, object] = {
        "kind": "care_institution",
        "address": "示例路1号",
        "phone": "021-00000000",
        "hours": "",
        "insurer": "示例保险公司",
        "insurance_kind": "both",
        "insured_until": training.today() + timedelta(days=100),
        "published": True,
        **changes,
    }
    return Entry(**values)  # type: ignore[arg-type]


def page(organisation: Organisation, **changes: object) -> InstitutionPage:
    """Make a published entry."""
    return factories.save(
        keeping.save(organisation, entry(**changes), actor=manager(organisation), now=clock.now())
    )


def practitioner(organisation: Organisation, serial: int, name: str = "林知秋") -> Certificate:
    """Make somebody with a valid certificate who works there."""
    decision = awards.proposal(awards.ready(name=name))
    row = awards.certificate(decision, serial=serial)
    factories.employ(row.user, organisation)
    return row

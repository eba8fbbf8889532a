"""Who of many proposals may be granted now, and why not the others: one sentence each.

The same questions as for a single proposal, at a constant number of queries. Nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from app.applications import noticing
from app.awards import twins
from app.awards.twins import Twin
from app.clock import shanghai_date
from app.eligibility import impartiality
from app.eligibility.panel import Panel, award_panels
from app.extensions import db
from app.models.awards import Decision
from app.models.people import User
from app.models.training import Enrolment


@dataclass(frozen=True)
class Weighed:
    """One proposal: the panel of the day, and why it may not be granted; empty when it may."""

    decision: Decision
    panel: Panel
    obstacle: str
    twin: Twin | None = None
    """The person to be compared with, where that is the obstacle."""


def weigh(
    decisions: Sequence[Decision],
    *,
    actor: User,
    now: datetime,
    suspected: Mapping[str, Twin] | None = None,
) -> list[Weighed]:
    """Judge proposals in their order. `suspected` are twins found before, for all of a long list."""
    on = shanghai_date(now)
    enrolment_ids = [one.enrolment_id for one in decisions]
    enrolments = [db.session.get_one(Enrolment, one) for one in enrolment_ids]
    panels = award_panels(enrolments, on)
    people = [one.user for one in decisions]
    tied = impartiality.refusals(actor, people, on, str(_("决定这张证书")))
    held = noticing.holds(enrolment_ids, on)
    same = twins.find(people) if suspected is None else suspected
    found = []
    for one in decisions:
        panel = panels[one.enrolment_id]
        twin = same.get(one.user_id)
        said = (
            _own(one, actor)
            or tied.get(one.user_id, "")
            or _missing(panel)
            or held.get(one.enrolment_id, "")
        )
        by_twin = twin if not said else None
        found.append(Weighed(one, panel, said or (twin.sentence if twin else ""), by_twin))
    return found


def _own(one: Decision, actor: User) -> str:
    if one.state != "proposed":
        return str(_("这项提议已经有决定了。"))
    if one.proposed_by_id == actor.id:
        return str(_("这项提议是你提出的，要由别人来决定。"))
    return ""


def _missing(panel: Panel) -> str:
    if panel.ready:
        return ""
    return str(_("条件还没有满足。%(missing)s。", missing=panel.gaps))

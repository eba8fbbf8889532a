"""Which layout a scheme's documents are drawn with: the last choice counts, from its moment on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit
from app.extensions import db
from app.layouts import reading
from app.layouts.kinds import NO_SCHEME, USES
from app.layouts.refusals import LayoutRefused
from app.models.layouts import CertificateLayout, LayoutChoice
from app.models.people import User
from app.models.scheme import Scheme
from certificates.layouts import Layout, load_layout


@dataclass(frozen=True)
class Place:
    """One use of one scheme, and what stands there now."""

    scheme_code: str
    scheme_title: str
    scheme_title_en: str
    use: str
    choice: LayoutChoice | None


def layout_for(scheme_code: str, use: str) -> Layout:
    """Return what a scheme's documents are drawn with now; without a choice, as it ships."""
    choice = _last(scheme_code, use)
    if choice is None:
        return load_layout(USES[use][1][0])
    if choice.layout_id is None:
        return load_layout(choice.kind)
    return reading.layout(db.session.get_one(CertificateLayout, choice.layout_id))


def choose(
    scheme_code: str,
    use: str,
    kind: str,
    row: CertificateLayout | None,
    *,
    actor: User | None,
    now: datetime,
) -> LayoutChoice:
    """Draw a scheme's documents with a layout from now on; None is the kind as it ships.

    What was issued stays as it is. Choosing what stands already changes nothing. Raises
    LayoutRefused for a draft, or a kind that does not serve the use.
    """
    if kind not in USES[use][1] or (row is not None and row.kind != kind):
        raise LayoutRefused(_("这个版式不是用在这里的。请重新打开页面再选。"))
    if row is not None and row.number is None:
        raise LayoutRefused(_("“%(name)s”还是草稿，发布以后才能用来发证。", name=row.name))
    _lock(scheme_code)
    last = _last(scheme_code, use)
    wanted = row.id if row else None
    if last is not None and (last.kind, last.layout_id) == (kind, wanted):
        return last
    choice = LayoutChoice(
        scheme_code=scheme_code,
        use=use,
        number=(last.number if last else 0) + 1,
        kind=kind,
        layout_id=wanted,
        by_id=actor.id if actor else None,
        at=now,
    )
    db.session.add(choice)
    db.session.flush()
    audit.record(
        "layout.chosen",
        choice,
        actor=actor,
        now=now,
        scheme=scheme_code,
        use=use,
        kind=kind,
        layout=wanted,
    )
    return choice


def places() -> list[Place]:
    """Return every use of every scheme with its choice."""
    titles = {row.code: row for row in db.session.scalars(select(Scheme).order_by(Scheme.version))}
    newest = (
        select(LayoutChoice.scheme_code, LayoutChoice.use, func.max(LayoutChoice.number).label("n"))
        .group_by(LayoutChoice.scheme_code, LayoutChoice.use)
        .subquery()
    )
    rows = db.session.scalars(
        select(LayoutChoice).join(
            newest,
            (newest.c.scheme_code == LayoutChoice.scheme_code)
            & (newest.c.use == LayoutChoice.use)
            & (newest.c.n == LayoutChoice.number),
        )
    )
    stand = {(row.scheme_code, row.use): row for row in rows}
    wanted = [(code, use) for code in titles for use in ("certificate", "card")]
    wanted.append((NO_SCHEME, "statement"))
    return [
        Place(
            code,
            titles[code].title if code else "",
            titles[code].title_en if code else "",
            use,
            stand.get((code, use)),
        )
        for code, use in wanted
    ]


def _last(scheme_code: str, use: str) -> LayoutChoice | None:
    return db.session.scalar(
        select(LayoutChoice)
        .where(LayoutChoice.scheme_code == scheme_code, LayoutChoice.use == use)
        .order_by(LayoutChoice.number.desc())
        .limit(1)
    )


def _lock(scheme_code: str) -> None:
    """Let two who choose at once come one after the other."""
    db.session.scalars(select(Scheme.id).where(Scheme.code == scheme_code).with_for_update()).all()

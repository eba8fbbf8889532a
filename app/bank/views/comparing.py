"""Any two versions of a question side by side."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.bank import comparing, wall, wording
from app.bank.routes import blueprint
from app.bank.views.opening import entry_or_404, version_or_404
from app.extensions import db
from app.permissions import needs, the_user


@blueprint.get("/questions/<entry_id>/compare")
@needs("bank.read_practice")
def compare(entry_id: str) -> ResponseReturnValue:
    """Show what changed between two versions; without numbers, the current one and its last."""
    entry = entry_or_404(entry_id)
    new = version_or_404(entry, request.args.get("new", type=int))
    old = version_or_404(entry, request.args.get("old", max(1, new.number - 1), type=int))
    now = clock.now()
    numbers = (old.number, new.number)
    for version in {old.id: old, new.id: new}.values():
        wall.note_opening(version, entry.pool, user=the_user(), now=now)
    db.session.commit()
    entry = entry_or_404(entry_id)
    old, new = (version_or_404(entry, number) for number in numbers)
    rows = comparing.compare(old, new)
    return render_template(
        "bank/compare.html",
        entry=entry,
        old=old,
        new=new,
        changed=[row for row in rows if row.changed],
        same=[row for row in rows if not row.changed],
        words=wording,
        opened_at=now,
    )

"""The page of numbers: how far each counter is, and why a number names no certificate."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app import clock
from app.awards import gaps
from app.awards.views.blueprint import blueprint
from app.permissions import needs


@blueprint.get("/awards/numbers")
@needs("award.read")
def numbers() -> ResponseReturnValue:
    """Show counters and gaps. No names: whoever reads the register reads this."""
    lines, pages = gaps.unused()
    counters = gaps.counters(clock.shanghai_date(clock.now()))
    return render_template("awards/numbers.html", counters=counters, gaps=lines, pages=pages)

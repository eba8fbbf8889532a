"""How a page answers an act that is one button: done, or why not, then back to where it was."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from app.errors import Refusal
from app.extensions import db


def do_and_tell(act: Callable[[], str], back: str) -> ResponseReturnValue:
    """Do an act that returns its sentence, commit and say it; or say why it was refused."""
    try:
        done = act()
    except Refusal as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
    else:
        db.session.commit()
        flash(done, "ok")
    return redirect(back)

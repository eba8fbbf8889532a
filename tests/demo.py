"""A demonstration installation for tests that need a whole one: prepared once, copied where it can."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask

from app import clock, create_app
from app.cli import sync_or_stop
from app.config import Settings
from app.demo import load_demo
from app.extensions import db
from app.reference import load_districts


def prepared(environment: Mapping[str, str]) -> Flask:
    """Return the application of a demonstration with its tables, content and people."""
    app = create_app(Settings.from_env(environment))
    with app.app_context():
        db.create_all()
        load_districts()
        db.session.commit()
        sync_or_stop()
        load_demo(clock.now())
        db.session.remove()
    return app

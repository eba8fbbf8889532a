"""Issuing certificates all in: weighed, numbered, drawn, signed, stored, entered, told, credential made.

What the worker does for a class, by the verbs that real use goes through, on a durable SQLite: each
certificate is whole, with its photo, and checked afterwards. Figures are CPU seconds of this
process; writing to the disk itself is the system's time and told beside as wall time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from app import clock, create_app, jobs
from app.awards import batches, files
from app.extensions import db
from app.models.awards import Certificate
from app.models.bulk import Batch
from app.models.credentials import Credential
from app.models.people import User
from app.models.training import TrainingClass
from bench.figures import Figure
from bench.made_up_class import Made, proposed_class
from bench.measuring import resident_mb
from tests.conftest import test_settings

LEAST = 150
MOST_GROWTH_MB = 8
CLASS = 1000


def figures(classes: int = 5) -> Iterator[Figure]:
    """Measure with `classes` classes of a thousand; the best class counts, memory over all."""
    with TemporaryDirectory() as folder:
        app = create_app(test_settings(f"sqlite:///{folder}/issuing.sqlite3", Path(folder)))
        with app.app_context():
            db.create_all()
            _issue(proposed_class(30))  # renders the template, makes the photos ready
            made = [proposed_class(CLASS) for _class in range(classes)]
            rates, resident, wall = [], [], []
            for one in made:
                begun, began = time.process_time(), time.monotonic()
                _issue(one)
                rates.append(CLASS / (time.process_time() - begun))
                wall.append(CLASS / (time.monotonic() - began))
                resident.append(resident_mb())
            _refuse_unless_whole(classes * CLASS + 30)
            db.session.remove()
            db.engine.dispose()
    yield Figure("issuing: all in", max(rates), "per CPU s", at_least=LEAST)
    yield Figure("issuing: all in, by the clock", max(wall), "per s")
    yield Figure("issuing: memory of the process", resident[-1], "MB")
    if classes > 2:
        yield Figure(
            f"issuing: memory grown from {2 * CLASS} to {classes * CLASS}",
            resident[-1] - resident[1],
            "MB",
            at_most=MOST_GROWTH_MB,
        )


def _issue(made: Made) -> None:
    actor = db.session.get_one(User, made.certifier_id)
    training_class = db.session.get_one(TrainingClass, made.class_id)
    batch_id = batches.begin(training_class, batches.ISSUE, actor=actor, now=clock.now()).id
    db.session.commit()
    db.session.remove()
    while jobs.run_next(clock.now()):
        db.session.remove()
    row = db.session.get_one(Batch, batch_id)
    if row.state != "done" or batches.counts(row)["done"] != len(made.decisions):
        raise RuntimeError(f"not all were issued: {row.state} {batches.counts(row)} {row.trouble}")
    db.session.remove()


def _refuse_unless_whole(many: int) -> None:
    """Raise unless every certificate has its file, number and credential: a fast half is no figure."""
    counted = db.session.scalar(select(func.count(func.distinct(Certificate.number))))
    signed = db.session.scalar(select(func.count(Credential.certificate_id)))
    if (counted, signed) != (many, many):
        raise RuntimeError(f"{counted} numbers and {signed} credentials of {many}")
    some = db.session.scalars(select(Certificate).order_by(Certificate.token).limit(50)).all()
    for row in some:
        files.read(row)

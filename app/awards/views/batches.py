"""Pages of what is done to many at once: how far it is, what came of it, its files."""

from __future__ import annotations

from flask import Response, abort, make_response, render_template, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import audit, clock
from app.acting import do_and_tell
from app.awards import batch_files, batches
from app.awards.views.blueprint import blueprint
from app.extensions import db, may_write
from app.models.bulk import Batch
from app.models.journal import Job
from app.models.people import User
from app.permissions import Scope, needs, require, the_user
from app.training.scope import class_scope


@blueprint.get("/awards/batches/<batch_id>")
@needs("award.read")
def batch(batch_id: str) -> ResponseReturnValue:
    """Show how far a batch is, then each line."""
    row = _batch(batch_id, "award.read")
    at_work = batches.is_at_work(row)
    response = make_response(
        render_template(
            "awards/batch.html",
            batch=row,
            job=db.session.get(Job, row.job_id) if row.job_id else None,
            at_work=at_work,
            counts=batches.counts(row),
            lines=batches.lines(row),
            maker=db.session.get_one(User, row.made_by_id),
            own=row.made_by_id == the_user().id,
        )
    )
    if at_work:
        response.headers["Refresh"] = "3"
    return response


@blueprint.post("/awards/batches/<batch_id>/stop")
@needs("award.decide")
def stop_batch(batch_id: str) -> ResponseReturnValue:
    """Stop a batch after the few in hand."""
    row, now = _batch(batch_id, "award.decide"), clock.now()

    def act() -> str:
        batches.stop(row, actor=the_user(), now=now)
        return str(_("已停下。做完的都算数，没有做的可以接着做。"))

    return do_and_tell(act, url_for("awards.batch", batch_id=batch_id))


@blueprint.post("/awards/batches/<batch_id>/go-on")
@needs("award.decide")
def go_on(batch_id: str) -> ResponseReturnValue:
    """Go on with what a batch left."""
    row, now = _batch(batch_id, "award.decide"), clock.now()

    def act() -> str:
        batches.go_on(row, actor=the_user(), now=now)
        return str(_("接着做了。"))

    return do_and_tell(act, url_for("awards.batch", batch_id=batch_id))


@blueprint.get("/awards/batches/<batch_id>/result.csv")
@needs("award.read")
def batch_result(batch_id: str) -> ResponseReturnValue:
    """Give out the list of a batch as a table."""
    row = _batch(batch_id, "award.read")
    table = batch_files.table(row, batches.lines(row))
    return _file(Response(table, mimetype="text/csv"), f"{_name(row)}.csv")


@blueprint.get("/awards/batches/<batch_id>/files.zip")
@needs("award.read")
def batch_archive(batch_id: str) -> ResponseReturnValue:
    """Give out all certificates of a batch with their list, as one file."""
    row = _batch(batch_id, "award.read")
    may_write()
    row = db.session.get_one(Batch, batch_id)
    audit.record("batch.read", row, actor=the_user(), now=clock.now())
    db.session.commit()
    lines = batches.lines(db.session.get_one(Batch, batch_id))
    table = batch_files.table(row, lines)
    parts = batch_files.archive(batch_files.contents(lines), table)
    return _file(
        Response(stream_with_context(parts), mimetype="application/zip"), f"{_name(row)}.zip"
    )


def _batch(batch_id: str, permission: str) -> Batch:
    row = db.session.get(Batch, batch_id)
    if row is None:
        abort(404)
    # A batch without a class may reach into all: its maker sees it, and who sees everything.
    if row.training_class is not None:
        require(permission, class_scope(row.training_class))
    elif row.made_by_id != the_user().id:
        require(permission, Scope())
    return row


def _name(row: Batch) -> str:
    return f"certificates-{clock.shanghai_date(row.made_at):%Y%m%d}-{row.id[:4]}"


def _file(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response

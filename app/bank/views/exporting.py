"""Export what the list's filters find: choose a format, see what it loses, take the file.

The password is asked again, the wall holds, and each live question that leaves is written down.
"""

from __future__ import annotations

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import blobs, clock, jobs
from app.accounts.confirming import needs_fresh_password
from app.bank import export_jobs, exporting, finding, wall, wording
from app.bank.routes import blueprint
from app.bank.views.opening import today
from app.bank.views.questions import reader_of
from app.errors import Refusal
from app.extensions import db, outside_transaction
from app.models.journal import Blob, Job
from app.permissions import needs, the_user
from question_bank import Loss, losses


class NothingToExport(Refusal):
    """No question fits, or the format is none of ours."""

    status = 400


@blueprint.get("/export")
@needs("bank.read_practice")
@needs_fresh_password
def export() -> ResponseReturnValue:
    """Choose a format and see what it cannot hold. Nothing leaves yet."""
    reader = reader_of(the_user())
    wanted = finding.Wanted.asked(request.args)
    ids = finding.ids_of(wanted, reader)
    name = request.args.get("format", "")
    name = name if name in exporting.FORMATS else ""
    few = len(ids) <= exporting.AT_ONCE
    counts = exporting.counted(ids)
    lost, held = _foretold(ids, name) if name and few else (None, len(ids))
    return render_template(
        "bank/export.html",
        wanted=wanted,
        counts=counts,
        formats=exporting.FORMATS,
        chosen=name,
        losses=lost,
        held=held,
        few=few,
        at_once=exporting.AT_ONCE,
        words=wording,
        most=export_jobs.SHOWN_CODES,
    )


def _foretold(ids: list[str], name: str) -> tuple[list[Loss], int]:
    """Say what would be lost, and how many questions the file would hold."""
    if name == exporting.ARCHIVE:
        return [], len(ids)
    questions = exporting.questions_of(exporting.in_use(exporting.with_ids(ids)))
    files = exporting.files_of(questions)
    outside_transaction()
    lost = losses(questions, name, files)
    return lost, len(questions) - exporting.left_out(lost)


@blueprint.post("/export")
@needs("bank.read_practice")
@needs_fresh_password
def take_export() -> ResponseReturnValue:
    """Give the file; for many questions let the worker make it."""
    user, now = the_user(), clock.now()
    name = request.form.get("format", "")
    ids = finding.ids_of(finding.Wanted.asked(request.form), reader_of(user))
    if name not in exporting.FORMATS or not ids:
        raise NothingToExport(_("没有要导出的题，或没有选格式。请返回题库，选好条件和格式再导出。"))
    if len(ids) > exporting.AT_ONCE:
        job = export_jobs.same_under_way(ids, name, owner=user)
        if job is None:
            payload = {"ids": ids, "format": name}
            job = jobs.enqueue(export_jobs.KIND, payload, owner=user, now=now)
        db.session.commit()
        return redirect(url_for("bank.export_job", export_id=job.id))
    return _at_once(ids, name)


def _at_once(ids: list[str], name: str) -> Response:
    now = clock.now()
    on = clock.shanghai_date(now).isoformat()
    entries = exporting.with_ids(ids)
    if name == exporting.ARCHIVE:
        made = exporting.archived(entries, now=now, on=on)
    else:
        entries = exporting.in_use(entries)
        questions = exporting.questions_of(entries)
        files = exporting.files_of(questions)
        outside_transaction()
        made = exporting.written(questions, name, files, on)
    if not made.count:
        raise NothingToExport(
            _("这些题没有一道能放进这种格式，没有导出。请返回题库，再换一种格式导出。")
        )
    exporting.note(entries, name, actor=the_user(), now=now)
    db.session.commit()  # on record before it leaves
    return _download(made.data, made.name, made.media_type)


def _download(data: bytes, name: str, media_type: str) -> Response:
    response = make_response(data)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/exports/<export_id>")
@needs("bank.read_practice")
def export_job(export_id: str) -> ResponseReturnValue:
    """Show how far the worker is, then what the file does not hold and where it is."""
    job = _own(export_id)
    waiting = job.state in ("waiting", "running")
    response = make_response(
        render_template(
            "bank/export_job.html",
            job=job,
            waiting=waiting,
            label=exporting.FORMATS[job.payload["format"]][0],
            ready=job.state == "done" and _blob(job) is not None,
        )
    )
    if waiting:
        response.headers["Refresh"] = "3"
    return response


@blueprint.post("/exports/<export_id>/cancel")
@needs("bank.read_practice")
def cancel_export(export_id: str) -> ResponseReturnValue:
    """Stop an export that waits or runs."""
    jobs.cancel(_own(export_id), actor=the_user(), now=clock.now())
    db.session.commit()
    return redirect(url_for("bank.export_job", export_id=export_id))


@blueprint.get("/exports/<export_id>/file")
@needs("bank.read_practice")
@needs_fresh_password
def export_file(export_id: str) -> ResponseReturnValue:
    """Give the finished file to who asked for it; the wall is asked again on the day."""
    job = _own(export_id)
    blob = _blob(job)
    if job.state != "done" or blob is None:
        abort(404)
    if exporting.counted(list(job.payload["ids"])).get(wall.LIVE):
        wall.refuse_live(the_user(), today())
    return _download(blobs.get(blob), job.result["name"], blob.media_type)


def _blob(job: Job) -> Blob | None:
    return db.session.get(Blob, job.result.get("blob", ""))


def _own(export_id: str) -> Job:
    """Return an export of the person who asks; another's is not there."""
    job = db.session.get(Job, export_id)
    if job is None or job.kind != export_jobs.KIND or job.owner_id != the_user().id:
        abort(404)
    return job

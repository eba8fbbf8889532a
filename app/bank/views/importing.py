"""Import a file of questions: choose it, look through what was read, take it whole or drop it."""

from __future__ import annotations

from flask import (
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.bank import import_jobs, import_listing, importing, wall, wording
from app.bank.import_forms import FORMATS, ImportForm
from app.bank.import_taking import TakingRefused
from app.bank.kept_words import kept_words
from app.bank.routes import blueprint
from app.bank.views.opening import opened, today
from app.extensions import db, outside_transaction
from app.models.bank import ImportedQuestion, QuestionImport
from app.models.journal import Job
from app.permissions import needs, the_user
from app.saying import said
from question_bank import load, shown
from question_bank.readers.collecting import Defaults
from question_bank.readers.opening import Refused, open_source
from question_bank.writers.excel import template

LARGEST_REQUEST = 80 * 1024 * 1024
"""More than the file may have, so that a file a little too large is refused with its own sentence."""
LARGEST_TEXT = 9 * 1024 * 1024
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RECENT = 10
PASTED = "粘贴的文字"


@blueprint.url_value_preprocessor
def _allow_large_files(endpoint: str | None, _values: object) -> None:
    """Let this one form be large, and only for somebody signed in: it is read before the door."""
    if endpoint == "bank.import_file" and session.get("_user_id"):
        request.max_content_length = LARGEST_REQUEST
        request.max_form_memory_size = LARGEST_TEXT


@blueprint.route("/import", methods=["GET", "POST"])
@needs("bank.write")
def import_file() -> ResponseReturnValue:
    """Choose a file or paste text. Nothing is written to the bank here."""
    user = the_user()
    pools = wall.visible_pools(user, today())
    form = ImportForm()
    form.fits(pools)
    before = _own(request.args["again"]) if "again" in request.args else None
    if request.method == "POST":
        if form.validate():
            answer = _read(form, before)
            if answer is not None:
                return answer
    elif before is not None:
        pasted = before.file_name == PASTED and before.blob_id is not None
        text = importing.source_of(before).data.decode("utf-8") if pasted else ""
        form.show(Defaults(**before.defaults), before.format, text)
    recent = db.session.scalars(
        select(QuestionImport)
        .where(QuestionImport.owner_id == user.id)
        .order_by(QuestionImport.created_at.desc(), QuestionImport.id)
        .limit(RECENT)
    ).all()
    return render_template(
        "bank/import.html", form=form, before=before, recent=recent, pasted=PASTED, words=wording
    )


def _read(form: ImportForm, before: QuestionImport | None) -> ResponseReturnValue | None:
    """Read what was sent; None when the form has to be shown again."""
    owner, now = the_user(), clock.now()
    if form.pool.data == wall.LIVE:
        wall.refuse_live(owner, today())
    source = _source(form, before)
    if source is None:
        return None
    found = importing.same_under_way(source, owner=owner, now=now)
    if found is not None:
        return redirect(url_for("bank.imported", import_id=found.id))
    pools = wall.visible_pools(owner, today())
    outside_transaction()
    refused = open_source(source.data, source.name, source.wanted)
    if isinstance(refused, Refused):
        form.form_errors.append(said(refused.message))
        return None
    reading = None
    if len(source.data) <= importing.AT_ONCE:
        reading = importing.read(source, pools=pools, now=now)
        if reading.unreadable:
            form.form_errors.append(kept_words(reading.unreadable))
            return None
    batch = importing.begin(source, owner=the_user(), now=now)
    if reading is None:
        importing.read_later(batch, owner=the_user(), now=now)
    else:
        importing.keep_items(batch, reading.items)
        importing.keep_reading(batch, reading, now=now)
    db.session.commit()
    return redirect(url_for("bank.imported", import_id=batch.id))


def _source(form: ImportForm, before: QuestionImport | None) -> importing.Source | None:
    """Return what was sent, or the file of before; with neither, say so on the form."""
    sent, text = form.file.data, (form.text.data or "").replace("\r\n", "\n")
    name, data = PASTED, text.encode("utf-8", "replace")
    if sent is not None and sent.filename:
        if text.strip():
            form.form_errors.append(_("文件和粘贴的文字只能二选一，请清空其中一个。"))
            return None
        name, data = sent.filename, sent.read(importing.MOST_BYTES + 1)
        if len(data) > importing.MOST_BYTES:
            form.form_errors.append(_("文件超过 64 MB，没有读。请拆成几份再上传。"))
            return None
        if not data.strip():
            form.form_errors.append(_("文件是空的，没有题目。请检查后再上传。"))
            return None
    elif not text.strip():
        if before is None or before.blob_id is None:
            form.form_errors.append(_("请选一个文件，或把题目粘贴进来。"))
            return None
        name, data = before.file_name, importing.source_of(before).data
    return importing.Source(
        name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1][:200],
        data,
        form.wanted.data or "",
        form.defaults(),
    )


@blueprint.get("/import/template.xlsx")
@needs("bank.write")
def import_template() -> Response:
    """Give the empty workbook with its guide sheet."""
    response = make_response(template())
    response.headers["Content-Type"] = EXCEL
    response.headers["Content-Disposition"] = 'attachment; filename="peizhen-questions.xlsx"'
    return response


@blueprint.get("/imports/<import_id>")
@needs("bank.write")
def imported(import_id: str) -> ResponseReturnValue:
    """Show an import: being read, ready to be looked through, being written, or done."""
    batch = _own(import_id)
    if batch.state in (importing.READING, importing.IN_HAND):
        return _waiting(batch)
    if batch.state in (importing.DROPPED, importing.FAILED):
        return render_template("bank/import_ended.html", batch=batch, words=wording)
    counts = import_listing.count(batch)
    tab = request.args.get("tab", "")
    if tab not in import_listing.TABS:
        tab = "todo" if counts.problems or counts.doubtful or counts.skipped else "all"
    if batch.state == importing.TAKEN:
        tab = "good"
    pools = wall.visible_pools(the_user(), today())
    page = request.args.get("page", 1, type=int)
    return render_template(
        "bank/import_taken.html" if batch.state == importing.TAKEN else "bank/import_preview.html",
        batch=batch,
        counts=counts,
        listing=import_listing.list_page(batch, tab, page, pools=pools),
        words=wording,
        formats=FORMATS,
        tag=importing.tag_of(batch),
    )


def _waiting(batch: QuestionImport) -> Response:
    job = db.session.get(Job, batch.job_id) if batch.job_id else None
    response = make_response(render_template("bank/import_wait.html", batch=batch, job=job))
    response.headers["Refresh"] = "3"
    return response


@blueprint.get("/imports/<import_id>/troubles.csv")
@needs("bank.write")
def import_troubles(import_id: str) -> Response:
    """Give the list of problems as a table to take along."""
    response = make_response(import_listing.troubles_csv(_own(import_id)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="problems.csv"'
    return response


@blueprint.get("/imports/<import_id>/questions/<int:number>")
@needs("bank.write")
def import_compare(import_id: str, number: int) -> ResponseReturnValue:
    """Show a question of the file beside the nearest one of the bank; a live one is noted."""
    batch = _own(import_id)
    item = db.session.get(ImportedQuestion, (batch.id, number))
    if item is None or batch.state not in (importing.READY, importing.TAKEN):
        abort(404)
    pools = wall.visible_pools(the_user(), today())
    (row,) = import_listing.rows_of([item], pools)
    beside = next((one for one in row.near if one.entry_id), None)
    version = opened(beside.entry_id) if beside else None
    earlier = None
    if beside is None and row.near:
        earlier = db.session.get(ImportedQuestion, (import_id, int(row.near[0].label)))
    body = version.body if version else earlier.body if earlier else None
    return render_template(
        "bank/import_compare.html",
        batch=_own(import_id),
        row=row,
        entry=version.entry if version else None,
        earlier=earlier,
        other=load(body) if body else None,
        key=import_listing.key_of(load(body)) if body else "",
        shown=shown,
        words=wording,
        opened_at=clock.now(),
    )


@blueprint.post("/imports/<import_id>/decide")
@needs("bank.write")
def import_decide(import_id: str) -> ResponseReturnValue:
    """Say what becomes of one question that resembles another, or of all of them."""
    batch = _own(import_id)
    asked = request.form.getlist("number")
    numbers = None if asked == ["all"] else {int(one) for one in asked if one.isdecimal()}
    done = importing.decide(batch, numbers, request.form.get("decision", ""))
    db.session.commit()
    flash(_("已记下 %(n)d 题怎么处理，题库还没有改动。", n=done), "ok")
    tab, page = request.form.get("tab", "todo"), request.form.get("page", 1, type=int)
    return redirect(url_for("bank.imported", import_id=import_id, tab=tab, page=page))


@blueprint.post("/imports/<import_id>/take")
@needs("bank.write")
def import_take(import_id: str) -> ResponseReturnValue:
    """Write the chosen questions into the bank as drafts, all or none."""
    batch = _own(import_id)
    wanted = importing.start_taking(batch, actor=the_user(), now=clock.now())
    if wanted > importing.TAKEN_AT_ONCE:
        importing.take_later(batch, owner=the_user(), now=clock.now())
        db.session.commit()
        return redirect(url_for("bank.imported", import_id=import_id))
    db.session.commit()
    try:
        created, merged = import_jobs.take(import_id, now=clock.now())
    except (TakingRefused, IntegrityError) as error:
        db.session.rollback()
        said = getattr(error, "sentence", "") or _("刚才有人写入了同编号的题，请再按一次。")
        import_jobs.put_all_back(import_id, said)
        flash(said, "stop")
    else:
        flash(
            _(
                "写入 %(n)d 题，都是草稿；其中 %(m)d 题成为原题的新版。",
                n=created + merged,
                m=merged,
            ),
            "ok",
        )
    return redirect(url_for("bank.imported", import_id=import_id))


@blueprint.post("/imports/<import_id>/drop")
@needs("bank.write")
def import_drop(import_id: str) -> ResponseReturnValue:
    """Drop an import, or stop one that is being written."""
    batch = _own(import_id)
    importing.stop(batch, actor=the_user(), now=clock.now())
    db.session.commit()
    if batch.state == importing.DROPPED:
        flash(_("已放弃这次导入，题库没有改动。"), "ok")
        return redirect(url_for("bank.import_file"))
    flash(_("正在停下，已经写的会撤回。"), "info")
    return redirect(url_for("bank.imported", import_id=import_id))


def _own(import_id: str) -> QuestionImport:
    """Return an import of the person who asks; another's is not there."""
    batch = db.session.get(QuestionImport, import_id)
    if batch is None or batch.owner_id != the_user().id:
        abort(404)
    return batch

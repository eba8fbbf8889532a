"""The expert's way: a question of any kind as text of the file format, faults by line."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.bank import using, wall, wording, writing
from app.bank.filing import as_filed
from app.bank.forms import WRITABLE, FileForm, empty_question
from app.bank.routes import blueprint
from app.bank.views.opening import entry_or_404, opened, today, version_or_404
from app.extensions import db
from app.models.bank import QuestionEntry
from app.permissions import needs, the_user
from app.saying import said
from question_bank import Question, load, read_questions, write_questions


@blueprint.route("/questions/new/file", methods=["GET", "POST"])
@needs("bank.write")
def new_file() -> ResponseReturnValue:
    """Write a new question as text; its code is given when it is saved."""
    kind = request.args.get("kind", WRITABLE[0])
    if kind not in WRITABLE:
        abort(404)
    form = FileForm()
    if request.method == "GET":
        form.text.data = write_questions([replace(empty_question(kind), lesson="4.3")])
    elif form.validate():
        question = _read(form)
        answer = _created(form, question) if question else None
        if answer is not None:
            return answer
    return render_template("bank/new_file.html", form=form, asked_kind=kind, words=wording)


@blueprint.route("/questions/<entry_id>/edit/file", methods=["GET", "POST"])
@needs("bank.write")
def edit_file(entry_id: str) -> ResponseReturnValue:
    """Change a question as text; saving makes the next version."""
    if request.method == "GET":
        version = opened(entry_id)
        form = FileForm()
        form.text.data = write_questions([as_filed(version.entry, load(version.body))])
        form.base.data = str(version.number)
        return _edit_page(version.entry, form)
    entry = entry_or_404(entry_id)
    form = FileForm()
    form.pool.data = entry.pool
    question = _read(form) if form.validate() else None
    answer = _saved(entry, form, question) if question else None
    return answer if answer is not None else _edit_page(entry_or_404(entry_id), form)


def _read(form: FileForm) -> Question | None:
    """Return the one question of the text; None with the problems, each with its line."""
    report = read_questions((form.text.data or "").encode(), _("题目"))
    told = [
        str(problem).removesuffix(problem.message) + said(problem.message)
        for problem in report.problems
    ]
    told += [f"{one.file}:{one.line} {one.item}：{said(one.reason)}" for one in report.skipped]
    if not told and len(report.questions) != 1:
        told = [_("这里要正好一道题，现在有 %(n)d 道。", n=len(report.questions))]
    form.form_errors += told
    return None if told else report.questions[0]


def _created(form: FileForm, question: Question) -> ResponseReturnValue | None:
    pool = form.pool.data or question.pool
    if pool == wall.LIVE:
        wall.refuse_live(the_user(), today())
    code = writing.new_code(question.lesson)
    try:
        entry = writing.create(
            replace(writing.named(question, code), pool=pool), actor=the_user(), now=clock.now()
        )
    except writing.WritingRefused as refused:
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return None
    db.session.commit()
    flash(_("%(code)s 已存为草稿。写好后请送审，两人审核通过后启用。", code=entry.code), "ok")
    return redirect(url_for("bank.question", entry_id=entry.id))


def _saved(entry: QuestionEntry, form: FileForm, question: Question) -> ResponseReturnValue | None:
    entry_id, base = entry.id, form.base.data or ""
    number = int(base) if base.isdecimal() else 0
    try:
        version = writing.save(entry, question, base=number, actor=the_user(), now=clock.now())
    except writing.WritingRefused as refused:
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return None
    db.session.commit()
    flash(
        _("已存为第 %(n)d 版，是草稿。改好后请送审，两人审核通过后启用。", n=version.number), "ok"
    )
    return redirect(url_for("bank.question", entry_id=entry_id))


def _edit_page(entry: QuestionEntry, form: FileForm) -> ResponseReturnValue:
    return render_template(
        "bank/edit_file.html",
        entry=entry,
        version=version_or_404(entry, None),
        form=form,
        affected=using.affected(entry),
        words=wording,
        opened_at=clock.now(),
    )

"""Write a question, change it, take over a file's version."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.bank import wall, wording, writing
from app.bank.forms import WRITABLE, FileForm, QuestionForm
from app.bank.routes import blueprint
from app.bank.views.opening import entry_or_404, opened, today, version_or_404
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from app.permissions import needs, the_user
from question_bank import Choice, Question, load, read_questions, write_questions
from question_bank.kinds.true_false import WORDS


@blueprint.route("/questions/new", methods=["GET", "POST"])
@needs("bank.write")
def new() -> ResponseReturnValue:
    """Write a new question; it becomes a draft of its author."""
    kind = request.args.get("kind", WRITABLE[0])
    if kind not in WRITABLE:
        abort(404)
    form = QuestionForm()
    empty = _empty(kind)
    form.fits(empty)
    if request.method == "GET":
        form.show(empty)
    elif form.validate():
        answer = _created(form, empty)
        if answer is not None:
            return answer
    form.add_rows(kind)
    return render_template(
        "bank/new.html", form=form, asked_kind=kind, kinds=WRITABLE, words=wording
    )


@blueprint.route("/questions/<entry_id>/edit", methods=["GET", "POST"])
@needs("bank.write")
def edit(entry_id: str) -> ResponseReturnValue:
    """Change a question; saving makes the next version."""
    version = opened(entry_id) if request.method == "GET" else _current(entry_id)
    content = load(version.body)
    if content.parts:
        return _edit_file(version, content)
    form = QuestionForm()
    form.fits(content)
    if request.method == "GET":
        form.show(content)
        form.base.data = str(version.number)
    else:
        form.pool.data = content.pool
        if form.validate():
            answer = _saved(version.entry, form.question(content), form.base.data, form)
            if answer is not None:
                return answer
    form.add_rows(content.kind)
    return _edit_page("bank/edit.html", version, content, form)


@blueprint.post("/questions/<entry_id>/versions/<int:number>/adopt")
@needs("bank.write")
def adopt(entry_id: str, number: int) -> ResponseReturnValue:
    """Make a file's waiting version the current one."""
    entry = entry_or_404(entry_id)
    version = version_or_404(entry, number)
    writing.adopt(entry, version, actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("%(code)s 现在用第 %(n)d 版，等两人审核。", code=entry.code, n=number), "ok")
    return redirect(url_for("bank.question", entry_id=entry_id))


def _current(entry_id: str) -> QuestionVersion:
    return version_or_404(entry_or_404(entry_id), None)


def _empty(kind: str) -> Question:
    two = tuple(Choice(one, word) for one, word in WORDS.items())
    return Question(
        id="",
        kind=kind,
        pool="practice",
        domain="A",
        lesson="",
        level="use",
        options=two if kind == "true_false" else (),
    )


def _created(form: QuestionForm, empty: Question) -> ResponseReturnValue | None:
    """Save a new question; None when the form has to be shown again."""
    if form.pool.data == wall.LIVE:
        wall.refuse_live(the_user(), today())
    code = writing.new_code(form.lesson.data or "")
    draft = replace(form.question(empty), id=code, pool=form.pool.data)
    try:
        entry = writing.create(draft, actor=the_user(), now=clock.now())
    except writing.WritingRefused as refused:
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return None
    db.session.commit()
    flash(_("%(code)s 已存为草稿，两人审核通过后启用。", code=entry.code), "ok")
    return redirect(url_for("bank.question", entry_id=entry.id))


def _saved(
    entry: QuestionEntry, changed: Question, base: str | None, form: QuestionForm | FileForm
) -> ResponseReturnValue | None:
    """Save the next version; None when the form has to be shown again."""
    entry_id = entry.id
    number = int(base) if base and base.isdigit() else 0
    try:
        version = writing.save(entry, changed, base=number, actor=the_user(), now=clock.now())
    except writing.WritingRefused as refused:
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return None
    db.session.commit()
    flash(_("已存为第 %(n)d 版，等两人审核。", n=version.number), "ok")
    return redirect(url_for("bank.question", entry_id=entry_id))


def _edit_file(version: QuestionVersion, content: Question) -> ResponseReturnValue:
    """Change a case set as text in the file format."""
    form = FileForm()
    if request.method == "GET":
        form.text.data = write_questions([content])
        form.base.data = str(version.number)
    elif form.validate():
        report = read_questions((form.text.data or "").encode(), _("题目"))
        lines = [str(problem) for problem in report.problems]
        lines += [skipped.reason for skipped in report.skipped]
        if not lines and len(report.questions) != 1:
            lines = [_("这里要正好一道题，现在有 %(n)d 道。", n=len(report.questions))]
        form.form_errors += lines
        if not lines:
            answer = _saved(version.entry, report.questions[0], form.base.data, form)
            if answer is not None:
                return answer
    return _edit_page("bank/edit_file.html", version, content, form)


def _edit_page(
    template: str, version: QuestionVersion, content: Question, form: QuestionForm | FileForm
) -> ResponseReturnValue:
    return render_template(
        template,
        entry=version.entry,
        version=version,
        question=content,
        form=form,
        uses=writing.uses(version.entry),
        words=wording,
        opened_at=clock.now(),
    )

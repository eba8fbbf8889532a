"""Write a question of any kind, change it, take over a file's version."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.bank import merging, noting, seen, tagging, using, wall, wording, writing
from app.bank.filing import as_filed, filed_under
from app.bank.forms import WRITABLE, empty_question, form_for
from app.bank.forms.pieces import words
from app.bank.noting import FAULT, Note
from app.bank.routes import blueprint
from app.bank.views.draft import SAVE, Draft, fresh, is_stale, names_and_values, posted
from app.bank.views.opening import entry_or_404, opened, today, version_or_404
from app.extensions import db
from app.formatting import in_english
from app.models.bank import QuestionEntry, QuestionVersion
from app.permissions import needs, the_user
from question_bank import Question, load
from question_bank.style import find_flaws

MERGE, SAVE_MERGED = "merge", "save_merged"
MOST_SAID = 3  # flaws named after saving


@blueprint.route("/questions/new", methods=["GET", "POST"])
@needs("bank.write")
def new() -> ResponseReturnValue:
    """Write a new question; it becomes a draft of its author."""
    kind = request.args.get("kind", WRITABLE[0])
    if kind not in WRITABLE:
        abort(404)
    before = empty_question(kind)
    draft = fresh(before, [], look=False) if request.method == "GET" else posted(before)
    if draft.do == SAVE and not draft.faults:
        answer = _created(draft)
        if answer is not None:
            return answer
    page = render_template(
        "bank/new.html", draft=draft, kinds=WRITABLE, words=wording, stale=is_stale()
    )
    return page, 400 if is_stale() else 200


@blueprint.route("/questions/<entry_id>/edit", methods=["GET", "POST"])
@needs("bank.write")
def edit(entry_id: str) -> ResponseReturnValue:
    """Change a question; saving makes the next version."""
    if request.method == "GET":
        version = opened(entry_id)
        content = as_filed(version.entry, load(version.body))
        draft = fresh(content, tagging.tags_of(version.entry), look=True)
        draft.form.base.data = str(version.number)
        draft.form.seen.data = seen.signed(version.entry)
        return _edit_page(version.entry, draft)
    entry = entry_or_404(entry_id)
    draft = posted(_began_from(entry))
    entry = entry_or_404(entry_id)  # an upload has ended the transaction
    if draft.do in (MERGE, SAVE_MERGED):
        draft = _merged(entry, draft)
    if draft.do == SAVE and not draft.faults:
        answer = _saved(entry, draft)
        if answer is not None:
            return answer
    return _edit_page(entry, draft)


@blueprint.post("/questions/<entry_id>/versions/<int:number>/adopt")
@needs("bank.write")
def adopt(entry_id: str, number: int) -> ResponseReturnValue:
    """Make a file's waiting version the current one."""
    entry = entry_or_404(entry_id)
    version = version_or_404(entry, number)
    writing.adopt(entry, version, actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("%(code)s 现在用第 %(n)d 版，是草稿。看好后请送审。", code=entry.code, n=number), "ok")
    return redirect(url_for("bank.question", entry_id=entry_id))


def _created(draft: Draft) -> ResponseReturnValue | None:
    """Save a new question; None when the form has to be shown again."""
    if draft.question.pool == wall.LIVE:
        wall.refuse_live(the_user(), today())
    actor, now = the_user(), clock.now()
    question = writing.named(draft.question, writing.new_code(draft.question.lesson))
    try:
        entry = writing.create(question, actor=actor, now=now)
    except writing.WritingRefused as refused:
        db.session.rollback()
        draft.notes.append(Note(FAULT, "stem", refused.sentence))
        return None
    tagging.set_tags(entry, words(draft.form.tags.data), actor=actor, now=now)
    db.session.commit()
    flash(_("%(code)s 已存为草稿。写好后请送审，两人审核通过后启用。", code=entry.code), "ok")
    _say_flaws(question, draft)
    return redirect(url_for("bank.question", entry_id=entry.id))


def _saved(entry: QuestionEntry, draft: Draft) -> ResponseReturnValue | None:
    """Save the next version; None when the form has to be shown again."""
    actor, now, entry_id = the_user(), clock.now(), entry.id
    base = _number(draft.form.base.data)
    writing.lock(entry)
    if base == entry.current_number and _seen(entry, draft) != seen.seen_of(entry):
        return _conflict(entry, draft)
    retagged = tagging.set_tags(entry, words(draft.form.tags.data), actor=actor, now=now)
    try:
        version = writing.save(entry, draft.question, base=base, actor=actor, now=now)
    except writing.Outdated:
        db.session.rollback()
        return _conflict(entry_or_404(entry_id), draft)
    except writing.NothingChanged as refused:
        if not retagged:
            db.session.rollback()
            draft.notes.append(Note(FAULT, "base", refused.sentence))
            return None
        db.session.commit()
        flash(_("标签已改，题目没有改动，不用再审。"), "ok")
        return redirect(url_for("bank.question", entry_id=entry_id))
    except writing.WritingRefused as refused:
        db.session.rollback()
        draft.notes.append(Note(FAULT, "base", refused.sentence))
        return None
    db.session.commit()
    flash(
        _("已存为第 %(n)d 版，是草稿。改好后请送审，两人审核通过后启用。", n=version.number), "ok"
    )
    _say_flaws(draft.question, draft)
    return redirect(url_for("bank.question", entry_id=entry_id))


def _say_flaws(question: Question, draft: Draft) -> None:
    """Say after saving what was taken out of it, and what could be written better; it is advice."""
    for note in [one for one in draft.flaws if one.code == noting.INVISIBLE][:MOST_SAID]:
        flash(f"{note.label}{'：' if not in_english() else ': '}{note.text} {note.mend}", "info")
    rules = list(dict.fromkeys(wording.flaw_rule(flaw) for flaw in find_flaws(question)))
    if rules:
        named = (" " if in_english() else "").join(rules[:MOST_SAID])
        flash(_("写题提示 %(n)d 条，由你决定改不改：%(named)s", n=len(rules), named=named), "info")


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _base(entry: QuestionEntry) -> QuestionVersion:
    """Return the version the posted form began from, the current one when it names none."""
    wanted = _number(request.form.get("base"))
    found = next((version for version in entry.versions if version.number == wanted), None)
    return found or version_or_404(entry, None)


def _seen(entry: QuestionEntry, draft: Draft) -> seen.Seen:
    return seen.read(entry, draft.form.seen.data)


def _began_from(entry: QuestionEntry) -> Question:
    """Return the question as the posted form was made from it: its version, as filed then."""
    filing = seen.read(entry, request.form.get("seen")).filing
    return filed_under(filing, load(_base(entry).body))


def _merged(entry: QuestionEntry, draft: Draft) -> Draft:
    """Return the draft of what was chosen from both sides, as if it had begun from the newer one."""
    against = version_or_404(entry, _number(request.form.get("against")))
    against_seen = request.form.get("against_seen")
    seen_there = seen.read(entry, against_seen)
    theirs = filed_under(seen_there.filing, load(against.body))
    taken = {name[len("take-") :] for name, side in request.form.items() if side == merging.THEIRS}
    question = merging.merge(draft.question, theirs, taken)
    form = form_for(question.kind, question, None)
    form.base.data, form.seen.data = str(against.number), against_seen
    form.tags.data = draft.form.tags.data
    if merging.TAGS in taken:
        form.tags.data = "、".join(seen_there.tags)
    chosen = form.question(question)
    merged = Draft(theirs, form, chosen, SAVE if draft.do == SAVE_MERGED else draft.do)
    merged.look()
    return merged


def _conflict(entry: QuestionEntry, draft: Draft) -> ResponseReturnValue:
    """Show what was typed beside the version that was saved in between."""
    theirs = version_or_404(entry, None)
    wall.note_opening(theirs, entry.pool, user=the_user(), now=clock.now())
    db.session.commit()
    entry = entry_or_404(entry.id)
    theirs, base = version_or_404(entry, None), _base(entry)
    page = render_template(
        "bank/conflict.html",
        entry=entry,
        base=base,
        theirs=theirs,
        against_seen=seen.signed(entry),
        who=writing.name_of(theirs.created_by_id),
        differences=_differences(entry, theirs, draft),
        typed=list(names_and_values(draft.form)),
        opened_at=clock.now(),
    )
    return page, 409


def _differences(
    entry: QuestionEntry, theirs: QuestionVersion, draft: Draft
) -> list[merging.Difference]:
    """Return what was typed, and what stands now, each against what the form was made from."""
    now = as_filed(entry, load(theirs.body))
    began, stands = _seen(entry, draft).tags, seen.seen_of(entry).tags
    return [
        *merging.differences(_began_from(entry), draft.question, now),
        *merging.difference_of_tags(began, words(draft.form.tags.data), stands),
    ]


def _edit_page(entry: QuestionEntry, draft: Draft) -> ResponseReturnValue:
    version = version_or_404(entry, None)
    page = render_template(
        "bank/edit.html",
        entry=entry,
        version=version,
        draft=draft,
        affected=using.affected(entry),
        words=wording,
        opened_at=clock.now(),
        stale=is_stale(),
    )
    return page, 400 if is_stale() else 200

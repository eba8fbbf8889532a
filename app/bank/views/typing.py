"""What there is to say while somebody types: the same notes as on the page, for its script."""

from __future__ import annotations

from flask import abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bank.forms import WRITABLE, empty_question
from app.bank.routes import blueprint
from app.bank.views.draft import CHECK, Draft, posted
from app.bank.views.opening import entry_or_404, version_or_404
from app.extensions import outside_transaction, reading_only
from app.permissions import needs
from question_bank import Question, load


@blueprint.post("/questions/check")
@needs("bank.write")
def check_writing() -> ResponseReturnValue:
    """Answer with faults, flaws and near-duplicates of the posted form, and how it would look."""
    # Somebody types every second: this must not hold the one who saves.
    outside_transaction()
    with reading_only():
        draft = posted(_before(), do=CHECK)
        preview = render_template("bank/preview.html", shown=draft.shown)
        return jsonify(notes=[_note(note) for note in _notes(draft)], preview=preview)


def _before() -> Question:
    entry_id, kind = request.args.get("entry", ""), request.args.get("kind", "")
    if entry_id:
        return load(version_or_404(entry_or_404(entry_id), None).body)
    if kind not in WRITABLE:
        abort(404)
    return empty_question(kind)


def _notes(draft: Draft) -> list[dict[str, str]]:
    told = [
        {
            "kind": note.kind,
            "place": note.place,
            "code": note.code,
            "label": note.label,
            "text": note.text,
            "mend": note.mend,
        }
        for note in draft.notes
    ]
    return told + [
        {
            "kind": "alike",
            "place": "scene" if draft.before.kind == "case_set" else "stem",
            "code": one.code,
            "label": "",
            "text": _("和 %(code)s 很像（%(n)d%%）。", code=one.code, n=round(one.score * 100)),
            "mend": _("同一份卷里最好不要一起出现。"),
            "href": url_for("bank.question", entry_id=one.entry_id),
        }
        for one in draft.alike
    ]


def _note(told: dict[str, str]) -> dict[str, str]:
    return {name: str(value) for name, value in told.items()}

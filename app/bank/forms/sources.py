"""The rows of documents that statements come from: of a question, and of a part's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import DateField
from wtforms import Form as PlainForm
from wtforms.validators import Optional

from app.bank.forms.options import id_field
from app.bank.forms.pieces import clean, fresh_id, line_field
from question_bank.question import Source


class SourceRow(PlainForm):
    """One document that a statement comes from."""

    places: ClassVar[dict[str, str]] = {"id": "title"}
    first: ClassVar[str] = "title"
    source_id = id_field()
    title = line_field(_("名称"))
    issuer = line_field(_("发布的单位"), 200)
    date = DateField(_("日期"), validators=[Optional()])
    date_kind = line_field(_("什么日期（公布、施行）"), 20)
    note = line_field(_("备注（第几条、网址）"), 1000)


def source_row(source: Source) -> dict[str, Any]:
    """Return what a row shows of a source."""
    names = ("title", "issuer", "date", "date_kind", "note")
    return {"source_id": source.id} | {name: getattr(source, name) for name in names}


def sources_of(
    rows: Iterable[Any], before: Iterable[Source], more: Iterable[str] = ()
) -> tuple[tuple[Source, ...], list[Any]]:
    """Return the sources that rows describe, and those rows; an empty row is nothing.

    New ones get ids that neither `before` has nor `more` names.
    """
    known = {one.id: one for one in before}
    taken, found, used = {*known, *more}, [], []
    for row in rows:
        form = row.form
        told: dict[str, Any] = {
            name: clean(form[name].data) for name in ("title", "issuer", "date_kind", "note")
        }
        if not any(told.values()):
            continue
        old = known.pop(form.source_id.data or "", None) or Source(fresh_id("s", taken), "")
        taken.add(old.id)
        found.append(replace(old, **told, date=form.date.data))
        used.append(row)
    return tuple(found), used

"""The form of an ordering: its items are written in the right order and mixed when shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField
from wtforms import Form as PlainForm

from app.bank.forms.asked import MOST_ROWS, AskedForm
from app.bank.forms.media import SEVERAL, CarriedField
from app.bank.forms.options import id_field
from app.bank.forms.pieces import clean, fresh_id, line_field
from question_bank import Choice, Question


class ItemRow(PlainForm):
    """One item; its place in the list is its right place."""

    places: ClassVar[dict[str, str]] = {"id": "text", "media": "media_name"}
    first: ClassVar[str] = "text"
    item_id = id_field()
    text = line_field(_("文字"))
    why = line_field(_("为什么在这里"), 1000)
    media_name = CarriedField()


class OrderingForm(AskedForm):
    """The rows stand in the right order; the file's own order of items is kept where it has one."""

    kind = "ordering"
    lists = ("sequence",)
    least: ClassVar[dict[str, int]] = {"sequence": 4}
    places: ClassVar[dict[str, str]] = {
        "items": "sequence",
        "options": "sequence",
        "key": "sequence",
        "scoring": "rule",
        "difficulty": "p",
    }
    shuffle = BooleanField(_("项目可以打乱次序（应当勾选，否则按下面写的次序显示）"))
    sequence = FieldList(FormField(ItemRow), max_entries=MOST_ROWS)

    def show(self, question: Question) -> None:
        super().show(question)
        known = {item.id: item for item in question.options}
        in_order = [known[one] for one in question.key if one in known]
        for item in in_order or question.options:
            row = {"item_id": item.id, "text": item.text, "why": item.why}
            self.sequence.append_entry({**row, "media_name": SEVERAL.join(item.media)})

    def values(self, before: Question) -> dict[str, Any]:
        found = super().values(before)
        rows = [
            row
            for row in self.sequence
            if clean(row.form.text.data) or clean(row.form.why.data) or row.form.media_name.names
        ]
        items = _items(rows, before)
        place = {option.id: at for at, option in enumerate(before.options)}
        # The order of the file is not the right order, and stays what it was.
        stored = sorted(items, key=lambda item: place.get(item.id, len(place)))
        at = {item.id: row for item, row in zip(items, rows, strict=True)}
        self.used["sequence"] = [at[item.id] for item in stored]
        return found | {"options": tuple(stored), "key": tuple(item.id for item in items)}


def _items(rows: Sequence[Any], before: Question) -> list[Choice]:
    known = {item.id: item for item in before.options}
    taken = set(known)
    items = []
    for row in rows:
        form = row.form
        old = known.pop(form.item_id.data or "", None)
        if old is None:
            old = Choice(fresh_id("i", taken), "")
            taken.add(old.id)
        told: dict[str, Any] = {"text": clean(form.text.data), "why": clean(form.why.data)}
        items.append(replace(old, **told, media=form.media_name.names))
    return items

"""The form of a matching: each row is a pair; what is left over on the right stands below."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField
from wtforms import Form as PlainForm

from app.bank.forms.asked import MOST_ROWS, AskedForm
from app.bank.forms.media import SEVERAL, CarriedField
from app.bank.forms.options import id_field
from app.bank.forms.pieces import clean, fresh_id, line_field
from question_bank import Choice, Question
from question_bank.folding import fold
from question_bank.question import Path


class PairRow(PlainForm):
    """A left side, its right side, and why they belong together."""

    places: ClassVar[dict[str, str]] = {"id": "left", "text": "left", "media": "left_media"}
    first: ClassVar[str] = "left"
    left_id = id_field()
    left = line_field(_("左边"))
    left_media = CarriedField()
    right_id = id_field()
    right = line_field(_("配右边"))
    right_media = CarriedField()
    lock = BooleanField(_("右边这一项打乱时留在原位"))
    why = line_field(_("解析"), 1000)

    @property
    def is_empty(self) -> bool:
        """Nothing in it says anything."""
        texts = any(clean(one.data) for one in (self.left, self.right, self.why))
        return not texts and not self.left_media.names and not self.right_media.names


class SpareRow(PlainForm):
    """A right side that no left side uses."""

    places: ClassVar[dict[str, str]] = {"id": "right", "text": "right", "media": "right_media"}
    first: ClassVar[str] = "right"
    right_id = id_field()
    right = line_field(_("用不上的一项"))
    right_media = CarriedField()
    lock = BooleanField(_("打乱时留在原位"))
    why = line_field(_("为什么用不上"), 1000)


@dataclass
class _Rights:
    """The right sides being collected: the same words are the same side, whoever uses them."""

    known: dict[str, Choice]
    found: dict[str, Choice] = field(default_factory=dict)  # by folded words and media
    rows: dict[str, Any] = field(default_factory=dict)  # id -> the row that named it first

    def take(self, row: Any, why: str | None) -> str:
        """Return the id of a row's right side; `why` is set on sides that stay unused."""
        form = row.form
        text, media = clean(form.right.data), form.right_media.names
        words = fold(text) + SEVERAL.join(media)
        if words and words in self.found:
            return self.found[words].id
        told: dict[str, Any] = {"text": text, "media": media, "lock": bool(form.lock.data)}
        used = {choice.id for choice in self.found.values()}
        own = form.right_id.data or ""
        if own not in self.known or own in used:
            own = fresh_id("r", {*self.known, *used})
        old = self.known.get(own, Choice(own, ""))
        choice = replace(old, **told, why=old.why if why is None else why)
        self.found[words or f"\n{own}"] = choice
        self.rows[own] = row
        return own


class MatchingForm(AskedForm):
    """Pairs, and what is left over."""

    kind = "matching"
    lists = ("matches", "spares")
    least: ClassVar[dict[str, int]] = {"matches": 3, "spares": 1}
    places: ClassVar[dict[str, str]] = {
        "left": "matches",
        "pairs": "matches",
        "why": "matches",
        "why_unused": "spares",
        "scoring": "rule",
        "difficulty": "p",
    }
    shuffle = BooleanField(_("右边可以打乱次序"))
    matches = FieldList(FormField(PairRow), max_entries=MOST_ROWS)
    spares = FieldList(FormField(SpareRow), max_entries=MOST_ROWS)

    def show(self, question: Question) -> None:
        super().show(question)
        rights, paired = {one.id: one for one in question.options}, dict(question.pairs)
        for left in question.lefts:
            row = {"left_id": left.id, "left": left.text, "why": left.why}
            right = rights.get(paired.get(left.id, ""), Choice("", ""))
            row |= {"left_media": SEVERAL.join(left.media)}
            self.matches.append_entry(row | _right_data(right))
        for right in question.options:
            if right.id not in paired.values():
                self.spares.append_entry({**_right_data(right), "why": right.why})

    def values(self, before: Question) -> dict[str, Any]:
        found = super().values(before)
        rights = _Rights({one.id: one for one in before.options})
        known = {one.id: one for one in before.lefts}
        taken, lefts, pairs = set(known), [], []
        rows = [row for row in self.matches if not row.form.is_empty]
        for row in rows:
            form = row.form
            old = known.pop(form.left_id.data or "", None) or Choice(fresh_id("l", taken), "")
            taken.add(old.id)
            told: dict[str, Any] = {"text": clean(form.left.data), "why": clean(form.why.data)}
            lefts.append(replace(old, **told, media=form.left_media.names))
            if clean(form.right.data) or form.right_media.names:
                pairs.append((old.id, rights.take(row, None)))
        for spare in self.spares:
            if clean(spare.form.right.data) or spare.form.right_media.names:
                rights.take(spare, clean(spare.form.why.data))
        options = _in_file_order(rights.found.values(), before)
        self.used |= {"matches": rows, "rights": [rights.rows[one.id] for one in options]}
        return found | {"lefts": tuple(lefts), "options": options, "pairs": tuple(pairs)}

    def own_faults(self) -> list[tuple[str, str]]:
        told = gettext("左边的这一项没有配上，请在同一行写上右边。")
        rows = (row.form for row in self.used["matches"])
        return [
            (str(form.right.id), told)
            for form in rows
            if not clean(form.right.data) and not form.right_media.names
        ]

    def place(self, path: Path) -> str:
        if path and path[0] in ("right", "options") and len(path) > 1:
            at = path[1]
            rows = self.used.get("rights", [])
            if isinstance(at, int) and at < len(rows):
                return str(rows[at].form.right.id)
            return str(self.matches.id)
        return super().place(path)


def _right_data(right: Choice) -> dict[str, Any]:
    return {
        "right_id": right.id,
        "right": right.text,
        "right_media": SEVERAL.join(right.media),
        "lock": right.lock,
    }


def _in_file_order(found: Any, before: Question) -> tuple[Choice, ...]:
    """Known sides keep their places; new ones come after them, in an order blind to the pairs."""
    place = {option.id: at for at, option in enumerate(before.options)}

    def rank(right: Choice) -> tuple[int, bytes]:
        return place.get(right.id, len(place)), sha256(right.text.encode()).digest()

    return tuple(sorted(found, key=rank))

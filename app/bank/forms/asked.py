"""What every asked question has besides its answers: stem, level, difficulty, marking, media.

Each kind's form derives from `AskedForm`, adds its own fields, and says by `places` where what is
wrong in a body stands on the page. A form never judges content: that is `question_bank`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, SelectField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, Optional

from app.bank import wording
from app.bank.forms.media import CarriedField, MediumRow, media_of, media_rows
from app.bank.forms.pieces import (
    LONGEST_STEM,
    choices,
    clean,
    decimal_of,
    is_number,
    text_field,
    visible,
)
from question_bank import KINDS, Question
from question_bank.fields import shown_decimal
from question_bank.question import Difficulty, Path

MOST_ROWS = 30
SPARE = 9999  # the place of the row from which the script makes new ones
EASY, MEDIUM = Decimal("0.8"), Decimal("0.55")  # shares from which a question is of a band
BANDS = {"": _("没有估计"), **wording.BANDS}


def stem_field() -> Any:
    """Return the field of a stem or a scene."""
    return TextAreaField(
        _("题干"),
        validators=[
            InputRequired(message=_("请写题干。")),
            Length(max=LONGEST_STEM, message=_("题干最多 %(n)d 个字，请缩短。", n=LONGEST_STEM)),
        ],
        filters=[visible],
    )


class AskedForm(PlainForm):
    """The fields of one asked question: alone on the page, or as a part of a case."""

    kind: ClassVar[str]
    lists: ClassVar[tuple[str, ...]] = ()
    """Lists of rows that people add to: for the page's buttons."""
    least: ClassVar[Mapping[str, int]] = {}
    """How many rows of a list an empty form begins with."""
    places: ClassVar[Mapping[str, str]] = {}
    """Names in a body -> names of fields, where they differ."""
    used: dict[str, list[Any]]
    """Rows that became part of the question, in its order; filled by `values`."""

    # A kind without one of them says None; the metaclass leaves it out then.
    stem: Any = stem_field()
    explanation = text_field(_("总的解析"), 4000)
    level: Any = SelectField(_("层次"), choices=choices(wording.LEVELS))
    band: Any = SelectField(_("估计难度"), choices=choices(BANDS))
    p: Any = StringField(
        _("估计答对率（%）"),
        validators=[Optional(), is_number],
        render_kw={"inputmode": "decimal"},
    )
    rule: Any = SelectField(_("计分"))
    shuffle: Any = BooleanField(_("选项可以打乱次序"))
    media = FieldList(FormField(MediumRow), max_entries=MOST_ROWS)

    def fits(self, before: Question) -> None:
        """Limit choices to what the kind and the question know."""
        if self.rule:
            known = {"", *KINDS[before.kind].rules}
            rules = {rule: wording.RULES[rule] for rule in wording.RULES if rule in known}
            self.rule.choices = choices(rules)
        self.offer_media([])

    def offer_media(self, more: Sequence[str]) -> None:
        """Let each option carry one of the question's media, or of `more`, a case's."""
        names = [*(row.form.name.data or "" for row in self.media), *more]
        for rows in self._fields.values():
            if isinstance(rows, FieldList) and rows is not self.media:
                for field in (field for row in rows for field in row.form):
                    if isinstance(field, CarriedField):
                        field.offer(names)

    def show(self, question: Question) -> None:
        """Fill the form from a question."""
        for name in ("stem", "explanation", "level", "rule", "shuffle"):
            if name in self._fields:
                self[name].data = getattr(question, name)
        if self.band and question.difficulty:
            self.band.data = question.difficulty.band
            share = question.difficulty.p
            self.p.data = "" if share is None else shown_decimal(Decimal(str(share)) * 100)
        for row in media_rows(question):
            self.media.append_entry(row)

    def spare(self, name: str) -> Any:
        """Return an empty row that is none of the form's: from it the script makes new ones."""
        rows: Any = self[name]
        count, rows.last_index = rows.last_index, SPARE - 1
        row = rows.append_entry()
        rows.entries.pop()
        rows.last_index = count
        for field in row.form:
            if isinstance(field, CarriedField):
                field.offer(one.form.name.data or "" for one in self.media)
        return row

    def add_rows(self) -> None:
        """Give an empty form the rows people will fill first."""
        for name, count in self.least.items():
            rows: Any = self[name]
            while len(rows) < count:
                rows.append_entry()

    def values(self, before: Question) -> dict[str, Any]:
        """Return what the form says, as fields of Question; what it cannot say stays `before`'s."""
        self.used = {}
        kept, self.used["media"] = media_of(self.media, before)
        found: dict[str, Any] = {"explanation": clean(self.explanation.data), "media": kept}
        if self.stem:
            found["stem"] = clean(self.stem.data)
        if self.level:
            found |= {"level": self.level.data or "", "difficulty": self._difficulty(before)}
        if self.rule:
            found["rule"] = self.rule.data or ""
        if self.shuffle:
            found["shuffle"] = bool(self.shuffle.data)
        return found

    def question(self, before: Question) -> Question:
        """Return the question as the form says it; everything else is as `before`."""
        return replace(before, **self.values(before))

    def _difficulty(self, before: Question) -> Difficulty | None:
        percent, band = decimal_of(self.p.data), self.band.data or ""
        share = None if percent is None else percent / 100
        if share is not None and not band:
            band = "easy" if share >= EASY else "medium" if share >= MEDIUM else "hard"
        if not band:
            return None
        old = before.difficulty or Difficulty(band)
        return replace(old, band=band, p=None if share is None else float(share))

    def own_faults(self) -> list[tuple[str, str]]:
        """Return what only the page can say exactly: the id of an element, and the sentence."""
        return []

    def place(self, path: Path) -> str:
        """Return the id of the element where something of a body stands on the page."""
        if not path:
            return self._first()
        name = self.places.get(str(path[0]), str(path[0]))
        field = self._fields.get(name)
        if field is None:
            return self._first()
        rows = self.used.get(name, [])
        if isinstance(field, FieldList) and len(path) > 1 and isinstance(path[1], int):
            return self._place_in_row(rows, path[1:]) or str(field.id)
        return str(field.id)

    def _place_in_row(self, rows: Sequence[Any], path: Path) -> str:
        at = path[0]
        if not isinstance(at, int) or at >= len(rows):
            return ""
        form = rows[at].form
        name = form.places.get(str(path[1]), str(path[1])) if len(path) > 1 else form.first
        field = form._fields.get(name) or form[form.first]
        return str(field.id)

    def _first(self) -> str:
        return str((self._fields.get("stem") or self._fields["scene"]).id)

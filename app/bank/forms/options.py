"""Forms of the kinds with options: single choice, multiple choice, true/false."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms import Form as PlainForm
from wtforms.validators import Regexp

from app.bank.forms.asked import MOST_ROWS, AskedForm
from app.bank.forms.media import SEVERAL, CarriedField
from app.bank.forms.pieces import clean, fraction_of, fresh_id, is_fraction, line_field
from question_bank import Choice, Question
from question_bank.fields import shown_fraction
from question_bank.kinds.true_false import WORDS

TRUE_AND_FALSE = tuple(Choice(one, word) for one, word in WORDS.items())


def id_field() -> Any:
    """Return the hidden id that goes round, so that keys and papers keep naming the same thing."""
    return HiddenField(
        validators=[Regexp("^[^\x00-\x1f]{0,40}$", message=_("编号无效，请刷新页面。"))]
    )


class OptionRow(PlainForm):
    """One option."""

    places: ClassVar[dict[str, str]] = {"id": "text", "media": "media_name"}
    first: ClassVar[str] = "text"
    option_id = id_field()
    right = BooleanField(_("正确答案"))
    text = line_field(_("选项"))
    why = line_field(_("解析"), 1000)
    lock = BooleanField(_("打乱时留在原位"))
    media_name = CarriedField()
    weight = line_field(_("权重（只在“选对加分，选错扣分”时用）"), 20, is_fraction)

    @property
    def is_empty(self) -> bool:
        """Nothing in it says anything: such a row is no option."""
        return not (
            clean(self.text.data)
            or clean(self.why.data)
            or self.right.data
            or self.media_name.names
        )


class ChoiceForm(AskedForm):
    """Single and multiple choice."""

    lists = ("options",)
    least: ClassVar[dict[str, int]] = {"options": 4}
    places: ClassVar[dict[str, str]] = {"key": "options", "scoring": "rule", "difficulty": "p"}
    options = FieldList(FormField(OptionRow), max_entries=MOST_ROWS)

    def show(self, question: Question) -> None:
        super().show(question)
        for option in question.options:
            self.options.append_entry(option_data(option) | {"right": option.id in question.key})

    def values(self, before: Question) -> dict[str, Any]:
        found = super().values(before)
        rows = [row for row in self.options if not row.form.is_empty]
        options = options_of([row.form for row in rows], before.options)
        self.used["options"] = rows
        right = [row.form.right.data for row in rows]
        return found | {
            "options": options,
            "key": tuple(one.id for one, is_right in zip(options, right, strict=True) if is_right),
        }


class SingleChoiceForm(ChoiceForm):
    """One right option."""

    kind = "single_choice"


class MultipleChoiceForm(ChoiceForm):
    """Several right options."""

    kind = "multiple_choice"


class TrueFalseForm(AskedForm):
    """A statement that is true or false; its two options cannot be reworded or moved."""

    kind = "true_false"
    places: ClassVar[dict[str, str]] = {"key": "options", "scoring": "rule", "difficulty": "p"}
    shuffle = None
    options = FieldList(FormField(OptionRow), max_entries=2)

    def show(self, question: Question) -> None:
        super().show(question)
        for option in question.options:
            self.options.append_entry(option_data(option) | {"right": option.id in question.key})

    def values(self, before: Question) -> dict[str, Any]:
        found = super().values(before)
        by_id = {row.form.option_id.data: row for row in self.options}
        rows = [by_id[option.id] for option in before.options if option.id in by_id]
        self.used["options"] = rows
        told = {row.form.option_id.data: row.form for row in rows}
        right = [one for one, form in told.items() if form.right.data]
        options = tuple(
            replace(option, why=clean(told[option.id].why.data)) if option.id in told else option
            for option in before.options
        )
        # Ticked twice is as good as not at all: neither is right.
        return found | {"options": options, "key": tuple(right) if len(right) == 1 else ()}


def option_data(option: Choice) -> dict[str, Any]:
    """Return what a row shows of an option."""
    return {
        "option_id": option.id,
        "text": option.text,
        "why": option.why,
        "lock": option.lock,
        "media_name": SEVERAL.join(option.media),
        "weight": "" if option.weight is None else str(shown_fraction(option.weight)),
    }


def options_of(forms: Sequence[Any], before: Sequence[Choice]) -> tuple[Choice, ...]:
    """Return the options that rows describe: known ids keep, new rows get free ones."""
    known = {option.id: option for option in before}
    taken = set(known)
    found = []
    for form in forms:
        old = known.pop(form.option_id.data or "", None)
        if old is None:
            old = Choice(fresh_id("o", taken), "")
            taken.add(old.id)
        found.append(
            replace(
                old,
                text=clean(form.text.data),
                why=clean(form.why.data),
                lock=bool(form.lock.data),
                media=form.media_name.names,
                weight=fraction_of(form.weight.data),
            )
        )
    return tuple(found)

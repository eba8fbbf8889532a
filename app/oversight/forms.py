"""The forms of oversight. A rule's form is built from the shape of its value."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, Field, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from app.oversight import wording
from app.oversight.rule_values import Part

LONG = 40
"""Signs from which on a text gets more than one line."""
YES_NO = {"yes": _("是"), "no": _("否")}


class DayField(DateField):
    """A day; what is none is said in a whole sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("生效日期要写成 2026-07-01 这样的年月日。")) from None


class RuleForm(FlaskForm):  # type: ignore[misc]
    """From when, by which source, official or not; `build` adds the value's fields in front."""

    from_date = DayField(_("从哪一天起"), [InputRequired(_("请填写生效日期，例如 2026-07-01。"))])
    source = StringField(
        _("来源"),
        [
            DataRequired(_("请写明来源：哪份文件、哪次会议、谁的决定。")),
            Length(max=200, message=_("来源最多 200 个字。")),
        ],
        description=_("文件名和文号，或会议和日期"),
    )
    official = BooleanField(_("有正式文件"), description=_("没有正式文件的，标为“提议”"))

    def texts(self, fields: dict[str, str]) -> dict[str, str]:
        """Return what was typed, by part of the value."""
        return {part: str(self[field].data or "") for part, field in fields.items()}


def build_rule_form(name: str, found: list[Part]) -> tuple[RuleForm, dict[str, str]]:
    """Build the form for a rule, and say which field holds which part of its value."""
    fields = {part.key: f"value_{number}" for number, part in enumerate(found)}
    made: dict[str, Any] = {fields[part.key]: _field(name, part) for part in found}
    return type("OneRuleForm", (RuleForm,), made)(), fields


def _field(name: str, part: Part) -> Field:
    label = part.label or _("值")
    choices = YES_NO if isinstance(part.value, bool) else wording.CHOICES.get(name)
    if choices is not None:
        return SelectField(
            label,
            choices={value: str(words) for value, words in choices.items()},
            default=part.text,
            # What is not listed is refused by the verb, with its own sentence.
            validate_choice=False,
        )
    if isinstance(part.value, list):
        return TextAreaField(
            label, default=part.text, description=_("一行写一项"), render_kw={"rows": 6}
        )
    if isinstance(part.value, int):
        return StringField(label, default=part.text, render_kw={"inputmode": "numeric"})
    if len(part.text) > LONG:
        return TextAreaField(label, default=part.text, render_kw={"rows": 3})
    return StringField(label, default=part.text)

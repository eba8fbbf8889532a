"""The forms of an import: a file or pasted text, and what holds for questions that do not say it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older
from wtforms.validators import Length, Optional, Regexp

from app.bank import wording
from question_bank.readers.collecting import Defaults

LONGEST_TEXT = 2_000_000
FORMATS: dict[str, Any] = {
    "": _("自动识别"),
    "excel": _("Excel 表格（.xlsx、.xls）"),
    "csv": _("CSV 表格"),
    "word": _("Word 文档（.docx）"),
    "text": _("编了号的文字（1. … A. … 答案：）"),
    "gift": _("GIFT"),
    "aiken": _("Aiken"),
    "moodle_xml": _("Moodle XML"),
    "qti": _("QTI 2.1"),
    "yaml": _("本系统的 YAML"),
}


def _choices(words: dict[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(value=value, label=label) for value, label in words.items()]


class ImportForm(FlaskForm):  # type: ignore[misc]
    """What is read, and the defaults."""

    file = FileField(_("题库文件"))
    text = TextAreaField(
        _("或者把题目粘贴在这里"),
        validators=[
            Optional(),
            Length(max=LONGEST_TEXT, message=_("粘贴的文字最多 200 万个字，再多请存成文件上传。")),
        ],
    )
    wanted = SelectField(_("格式"), choices=_choices(FORMATS), validate_choice=False)
    pool = SelectField(_("题池"))
    domain = SelectField(
        _("领域"),
        choices=_choices({"": _("不填"), **{c: c for c in wording.DOMAINS}}),
    )
    lesson = StringField(
        _("课"),
        validators=[
            Optional(),
            Regexp(r"^[1-9]\d?\.\d{1,2}$", message=_("请写课的编号，例如 4.3。")),
        ],
    )
    level = SelectField(_("层次"), choices=_choices({"": _("不填"), **wording.LEVELS}))

    def fits(self, pools: Collection[str]) -> None:
        """Offer the pools this person may write into, practice first."""
        offered = [pool for pool in ("practice", "live") if pool in pools]
        self.pool.choices = _choices({pool: wording.POOLS[pool] for pool in offered})
        named = {code: wording.domain_name(code) for code in wording.DOMAINS}
        self.domain.choices = _choices({"": _("不填"), **named})

    def show(self, defaults: Defaults, wanted: str, text: str = "") -> None:
        """Fill the form with what was chosen before."""
        for name in ("pool", "domain", "lesson", "level"):
            self[name].data = getattr(defaults, name)
        self.wanted.data, self.text.data = wanted, text

    def defaults(self) -> Defaults:
        """Return what holds for questions that do not say it."""
        return Defaults(
            pool=self.pool.data,
            domain=self.domain.data or "",
            lesson=(self.lesson.data or "").strip(),
            level=self.level.data or "",
        )

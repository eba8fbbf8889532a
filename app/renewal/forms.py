"""The forms of the holder's log, of handing in, of checking, and of corrections."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app.renewal import wording
from app.renewal.refusing import RenewalRefused
from app.training.forms import options

KINDS = "JPG、PNG、WebP、PDF"
LIMIT = "10 MB"


class _Form(FlaskForm):  # type: ignore[misc]
    def show(self, refusal: RenewalRefused) -> None:
        """Put a refusal's sentence beside its field, or above the form."""
        target: Any = getattr(self, refusal.field, None) if refusal.field else None
        if target is None:
            self.form_errors.append(refusal.sentence)
        else:
            target.errors = [*target.errors, refusal.sentence]


class LearningForm(_Form):
    """One piece of continuing education."""

    category = SelectField(
        _("哪一类"),
        [InputRequired(_("请选一类。"))],
        choices=options(wording.CATEGORIES.items()),
    )
    title: Any = StringField(
        _("学了什么"),
        [
            InputRequired(_("请写课程或活动的名称。")),
            Length(max=80, message=_("最多 80 个字。")),
        ],
    )
    provider: Any = StringField(
        _("谁办的"),
        [
            InputRequired(_("请写办班单位，协会可能去核实。")),
            Length(max=80, message=_("最多 80 个字。")),
        ],
    )
    day: Any = DateField(_("哪一天学完"), [InputRequired(_("请填日期，如 2026-11-23。"))])
    hours = DecimalField(
        _("几课时"),
        [
            InputRequired(_("请填课时数，45 分钟算一课时。")),
            NumberRange(min=Decimal("0.5"), max=24, message=_("请填 0.5 到 24 的课时数。")),
        ],
        description=_("45 分钟算一课时，可以填半课时，如 1.5。"),
        render_kw={"inputmode": "decimal"},
    )
    proof = FileField(_("证明"))

    def validate_hours(self, field: DecimalField) -> None:
        """Take whole and half class-hours."""
        if field.data is not None and (field.data * 2) % 1:
            raise ValidationError(str(_("课时只能是整数或半课时，如 2 或 1.5。")))

    @property
    def halves(self) -> int:
        """Half class-hours."""
        return int((self.hours.data or 0) * 2)


class PracticeForm(_Form):
    """Accompaniments up to a day."""

    day: Any = DateField(_("到哪一天为止"), [InputRequired(_("请填日期，如 2026-11-30。"))])
    visits: Any = IntegerField(
        _("陪诊几次"),
        [
            InputRequired(_("请填次数。")),
            NumberRange(min=1, max=200, message=_("请填 1 到 200 次。更多的请分月记。")),
        ],
        render_kw={"inputmode": "numeric"},
    )
    hours = DecimalField(
        _("一共几小时"),
        [
            InputRequired(_("请填小时数，如 12 或 12.5。")),
            NumberRange(min=Decimal("0.5"), max=400, message=_("请填 0.5 到 400 小时。")),
        ],
        description=_("这些次加起来，每小时 60 分钟。"),
        render_kw={"inputmode": "decimal"},
    )
    arranged_by: Any = StringField(
        _("谁安排的"),
        [
            InputRequired(_("请写机构、平台或街镇，协会可能去核实。")),
            Length(max=80, message=_("最多 80 个字。")),
        ],
        description=_("不写老人和家属的姓名。"),
    )
    proof = FileField(_("证明"))

    @property
    def minutes(self) -> int:
        """Minutes, rounded to whole ones."""
        return int((self.hours.data or 0) * 60)


class ProofForm(_Form):
    """A proof for an entry that has none, or a better one."""

    proof = FileField(_("证明"))


class HandInForm(_Form):
    """Sign and hand in."""

    conduct = BooleanField(_("我同意并签署"), [InputRequired(_("请看过守则，再打勾。"))])
    version = HiddenField()


class EntryForm(_Form):
    """Why a line does not count."""

    remark = StringField(
        _("为什么不算"),
        [Optional(), Length(max=200, message=_("最多 200 个字。"))],
        description=_("只在划掉时填，本人会看到。"),
    )


class ReasonForm(_Form):
    """What is missing, or why not."""

    reason = TextAreaField(
        _("理由"),
        [
            InputRequired(_("请写明理由，本人会看到。")),
            Length(max=300, message=_("最多 300 个字。")),
        ],
    )


class CorrectionForm(_Form):
    """What is wrong with a certificate, and what proves it."""

    kind = RadioField(
        _("要换的原因"),
        [InputRequired(_("请选一个原因。"))],
        choices=options(wording.KINDS.items()),
    )
    new_name = StringField(
        _("正确的姓名"),
        [Optional(), Length(max=60, message=_("最多 60 个字。"))],
        description=_("只在姓名有变时填。"),
    )
    new_name_latin = StringField(
        _("正确的拼音或外文姓名"),
        [Optional(), Length(max=80, message=_("最多 80 个字母。"))],
        description=_("只在姓名有变时填，可不填。"),
    )
    statement: Any = TextAreaField(
        _("说明"),
        [
            InputRequired(_("请写一两句：什么错了，或怎么丢的。")),
            Length(max=300, message=_("最多 300 个字。")),
        ],
    )
    proof = FileField(_("证明"))

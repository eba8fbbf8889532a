"""The forms of decisions and endings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older
from wtforms.validators import InputRequired, Length, ValidationError

from app.register import reasons

REASON_MOST = 300


class DecideForm(FlaskForm):  # type: ignore[misc]
    """Grant, refuse or return a proposal."""

    decision = RadioField(
        _("决定"),
        choices=[
            SelectChoice("grant", _("发证：证书现在就编号、画好，本人马上能看到")),
            SelectChoice("refuse", _("不发证：本人会收到理由")),
            SelectChoice("return", _("退回：让提出的人补材料")),
        ],
        validators=[InputRequired(_("请选一个决定。"))],
    )
    reason = TextAreaField(
        _("理由"),
        description=_("不发证、退回时要写。发证不用写。"),
        validators=[Length(max=REASON_MOST, message=_("理由最多 300 个字，请写短一些。"))],
    )

    def validate_reason(self, field: TextAreaField) -> None:
        """Ask for the reason where somebody has to live with the decision."""
        if self.decision.data in {"refuse", "return"} and not (field.data or "").strip():
            raise ValidationError(str(_("请写明理由，对方会看到。")))


class EndManyForm(FlaskForm):  # type: ignore[misc]
    """Numbers, one reason for all, and what they become."""

    numbers = TextAreaField(
        _("证书编号"),
        description=_("一行一个，或用逗号隔开。可以从表格里整列粘贴。"),
        validators=[InputRequired(_("请填要改动的证书编号。")), Length(max=60_000)],
    )
    reason_code = SelectField(_("改成什么、为什么"), validators=[InputRequired(_("请选一项。"))])
    reason = TextAreaField(
        _("理由"),
        description=_("每位持证人都会看到。"),
        validators=[
            InputRequired(_("请写明理由，持证人会看到。")),
            Length(max=REASON_MOST, message=_("理由最多 300 个字，请写短一些。")),
        ],
    )

    def __init__(self) -> None:
        super().__init__()
        self.reason_code.choices = [
            SelectChoice(f"{status}:{code}", f"{word} · {label}")
            for status, word in (("withdrawn", _("撤销")), ("cancelled", _("注销")))
            for code, label in reasons.choices(status)
        ]

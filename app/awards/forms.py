"""The forms of decisions and endings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older
from wtforms.validators import InputRequired, Length, ValidationError

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

"""The forms of learning's staff: prior learning, and taking a lesson out."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, TextAreaField, widgets
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older
from wtforms.validators import DataRequired, Length

from app.learning import prior

KINDS = {
    "nurse": _("护士执业资格"),
    "care_worker": _("养老护理员证书"),
    "course": _("别处学过的同样课程"),
    "other": _("其他证明"),
}


class PriorForm(FlaskForm):  # type: ignore[misc]
    """Which lessons, by what evidence."""

    lessons = SelectMultipleField(
        _("免学哪些课"),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
        validators=[DataRequired(_("请至少勾一课。"))],
    )
    kind = SelectField(
        _("凭什么"), choices=[SelectChoice(code, words) for code, words in KINDS.items()]
    )
    evidence = TextAreaField(
        _("看过的证明"),
        description=_("写证明的名称和存放处，不写证件号。"),
        validators=[
            DataRequired(_("请写明看过什么证明、存在哪里。")),
            Length(
                prior.LEAST_WORDS, prior.MOST_WORDS, _("依据要写 4 到 200 个字，请补充或缩短。")
            ),
        ],
    )


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why something is taken back."""

    reason = TextAreaField(
        _("原因"),
        validators=[
            DataRequired(_("请写明原因。")),
            Length(prior.LEAST_WORDS, prior.MOST_WORDS, _("原因要写 4 到 200 个字。")),
        ],
    )

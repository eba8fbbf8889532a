"""The forms of the register."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.register import deciding, ledger, reasons


class _Reasoned(FlaskForm):  # type: ignore[misc]
    """A form with a reason that is not only spaces."""

    reason = TextAreaField(
        _l("理由"),
        description=_l("持证人会看到。公开的查验页不显示。"),
        validators=[
            InputRequired(_l("请写明理由。")),
            Length(max=ledger.REASON_MOST, message=_l("理由最多 300 个字，请写短一些。")),
        ],
    )

    def validate_reason(self, field: TextAreaField) -> None:
        """Refuse spaces."""
        if not (field.data or "").strip():
            raise ValidationError(str(_("请写明理由。")))


class _Until(_Reasoned):
    until = DateField(
        _l("暂停到哪一天"),
        validators=[Optional()],
        description=_l("这一天过完自动恢复。不填就一直暂停，直到有人恢复。"),
        render_kw={"type": "date"},
    )


class ActForm(_Until):
    """Change a standing: why, in a code and in words."""

    reason_code = RadioField(
        _l("原因"), validators=[InputRequired(_l("请选一个原因。"))], validate_choice=True
    )

    def offer(self, status: str, on: date) -> None:
        """Offer the reasons of a status, each with whether the holder is heard first."""
        hidden = frozenset({"term_over", "appeal_upheld", "register_corrected", "duplicate"})
        offered = reasons.choices(status, without=hidden)
        ways = {code: deciding.comes_at_once(status, code, on) for code, _label in offered}
        self.reason_code.choices = [
            SelectChoice(code, _with_way(str(label), ways[code], len(set(ways.values())) > 1))
            for code, label in offered
        ]
        if status != "suspended":
            del self.until


def _with_way(label: str, at_once: bool, differs: bool) -> str:
    """Say with each reason how it goes on, where reasons differ in that."""
    if not differs:
        return label
    if at_once:
        return str(_("%(reason)s（立即生效）", reason=label))
    return str(_("%(reason)s（先告知本人，听了陈述再决定）", reason=label))


class DecideHearingForm(_Until):
    """Do what was announced, or let it be."""

    decision = RadioField(
        _l("决定"),
        choices=[
            SelectChoice("do", _l("照告知的做")),
            SelectChoice("drop", _l("不处理：证书状态不动，本人会收到说明")),
        ],
        validators=[InputRequired(_l("请选一个决定。"))],
    )


class DecideAppealForm(FlaskForm):  # type: ignore[misc]
    """Uphold or reject an appeal."""

    decision = RadioField(
        _l("决定"),
        choices=[
            SelectChoice("upheld", _l("申诉成立：撤回原决定，证书恢复")),
            SelectChoice("rejected", _l("申诉不成立：维持原决定")),
        ],
        validators=[InputRequired(_l("请选一个决定。"))],
    )
    answer = TextAreaField(
        _l("答复"),
        description=_l("持证人会看到全文。"),
        validators=[
            InputRequired(_l("请写明理由。")),
            Length(max=600, message=_l("答复最多 600 个字，请写短一些。")),
        ],
    )


class WordsForm(FlaskForm):  # type: ignore[misc]
    """What a holder writes: a reply or an appeal."""

    text = TextAreaField(
        _l("你的意见"),
        validators=[
            InputRequired(_l("请写下你的意见，再提交。")),
            Length(max=2000, message=_l("最多 2000 个字，请写短一些。")),
        ],
    )

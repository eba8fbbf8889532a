"""The forms of complaints: the public one without a cookie, and those of the case page."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.complaints.filing import TEXT_MOST
from app.complaints.words import KINDS, OUTCOMES

PHOTOS_MOST = 3


class _Cookieless(FlaskForm):  # type: ignore[misc]
    """Without a token: the page has no cookie to hold one, and nobody is signed in."""

    class Meta:
        """No token."""

        csrf = False


class ComplaintForm(_Cookieless):
    """What happened, by whoever stands before a holder."""

    ticket = HiddenField()
    token = HiddenField()
    about = StringField(
        _l("投诉谁"),
        [Length(max=80, message=_l("最多 80 个字，请写短一些。"))],
        description=_l("证书编号最好；不知道编号，就写姓名和派单机构"),
    )
    kind = RadioField(
        _l("哪一类事"),
        choices=[SelectChoice(code, label) for code, label in KINDS.items()],
        validators=[InputRequired(_l("请选一类最接近的。"))],
    )
    text = TextAreaField(
        _l("发生了什么"),
        [Length(max=TEXT_MOST, message=_l("最多 2000 个字，请写短一些。"))],
        description=_l(
            "什么时候、在哪里、做了什么。写几句就行。不方便写，可以只留电话，我们打给您。"
        ),
        render_kw={"rows": 5},
    )
    happened_on = DateField(_l("哪一天"), [Optional()], render_kw={"type": "date"})
    photos = MultipleFileField(
        _l("照片"),
        description=_l("最多 3 张，每张不超过 10 MB。拍摄地点等隐藏信息会去掉。"),
        validators=[Optional()],
        render_kw={"accept": "image/*", "multiple": True},
    )
    contact = StringField(
        _l("您的电话或邮箱"),
        [Optional(), Length(max=80, message=_l("最多 80 个字，请写短一些。"))],
        description=_l("加密保存，只有办理的人看得到，办结以后删除。不留也会办。"),
        render_kw={"autocomplete": "tel"},
    )
    call_back = BooleanField(_l("请打电话给我，我在电话里说"))
    website = StringField(_l("这一栏请留空"), render_kw={"autocomplete": "off", "tabindex": "-1"})

    def validate_website(self, field: StringField) -> None:
        """Refuse what only robots fill in; a browser that filled it by itself is told what to do."""
        if field.data:
            field.data = ""
            raise ValidationError(str(_("“留空”那一栏被填了，已经清掉。请再提交一次。")))

    def validate_text(self, field: TextAreaField) -> None:
        """Ask for words, or for a number to call."""
        if (field.data or "").strip():
            return
        if not (self.call_back.data and (self.contact.data or "").strip()):
            raise ValidationError(
                str(_("请写发生了什么；不方便写，就留下电话并勾选“请打电话给我”。"))
            )

    def validate_about(self, field: StringField) -> None:
        """Ask whom it is about, where the address does not say."""
        if not self.token.data and not (field.data or "").strip():
            raise ValidationError(str(_("请写投诉谁：证书编号，或姓名和派单机构。")))

    def validate_photos(self, field: Any) -> None:
        """Refuse more pictures than are kept."""
        if len([one for one in field.data or () if one and one.filename]) > PHOTOS_MOST:
            raise ValidationError(str(_("最多传 3 张照片，请少选几张。")))


class LookUpForm(_Cookieless):
    """A case number with its receipt code."""

    number = StringField(
        _l("投诉编号"),
        [InputRequired(_l("请填投诉编号，TS 开头。")), Length(max=40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )
    code = StringField(
        _l("回执码"),
        [InputRequired(_l("请填回执码，提交投诉后显示的 10 位字母和数字。")), Length(max=40)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class AddForm(LookUpForm):
    """Something to add to a case."""

    text = TextAreaField(
        _l("补充"),
        [Length(max=TEXT_MOST, message=_l("最多 2000 个字，请写短一些。"))],
        render_kw={"rows": 4},
    )


class StepForm(FlaskForm):  # type: ignore[misc]
    """One step of a case in words."""

    text = TextAreaField(
        _l("内容"), [Length(max=TEXT_MOST, message=_l("最多 2000 个字，请写短一些。"))]
    )


class CloseForm(StepForm):
    """How a case ends."""

    outcome = RadioField(
        _l("结论"),
        choices=[SelectChoice(code, label) for code, label in OUTCOMES.items()],
        validators=[InputRequired(_l("请选一个结论。"))],
    )

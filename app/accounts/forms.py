"""The forms of the accounts feature. What a rule refuses, its verb says; here only shape is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, Optional

from app.accounts import wording
from app.errors import Refusal


class PageForm(FlaskForm):  # type: ignore[misc]
    """A form of ours: says a verb's refusal beside the field it is about."""

    def show(self, refusal: Refusal, field: str) -> None:
        """Put a refusal's sentence beside a field."""
        named = cast(Field, self[field])
        named.errors = [*named.errors, refusal.sentence]


def _password(label: Any, complete: str) -> PasswordField:
    return PasswordField(
        label,
        [InputRequired(_("请填写密码。"))],
        render_kw={"autocomplete": complete},
    )


def _in_words(words: Mapping[str, Any]) -> Any:
    """Return choices that are put into words when the form is shown, in the reader's language."""
    return lambda: {str(value): str(label) for value, label in words.items()}


class SignInForm(PageForm):
    """Who, and the password."""

    login = StringField(
        _("手机号或用户名"),
        [DataRequired(_("请填写手机号或用户名。"))],
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )
    password = _password(_("密码"), "current-password")


class CodeForm(PageForm):
    """A one-time code."""

    code = StringField(
        _("6 位验证码"),
        [DataRequired(_("请填写 App 里显示的 6 位数字。"))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class ConfirmPasswordForm(PageForm):
    """The password, once more."""

    password = _password(_("密码"), "current-password")


class ChangePasswordForm(PageForm):
    """The present password and a new one, twice."""

    present = _password(_("现在的密码"), "current-password")
    password = _password(_("新密码"), "new-password")
    again = PasswordField(
        _("再填一次新密码"),
        [EqualTo("password", _("两次填的新密码不一样，请重新填。"))],
        render_kw={"autocomplete": "new-password"},
    )


class RegisterForm(PageForm):
    """A new account."""

    name = StringField(
        _("姓名"),
        [DataRequired(_("请填写姓名，要和证件上的一样。"))],
        description=_("要和证件上的一样，证书按它印。"),
        render_kw={"autocomplete": "name"},
    )
    phone = StringField(
        _("手机号"),
        [DataRequired(_("请填写手机号，登录时要用。"))],
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    password = _password(_("设一个密码"), "new-password")
    service = BooleanField(
        _("我同意保存这些记录"),
        [InputRequired(_("不同意保存记录，就不能建立账户。可以先看清楚再决定。"))],
    )


class AcceptInvitationForm(RegisterForm):
    """A new account of somebody who was invited; the user name is a matter of taste."""

    login_name = StringField(
        _("用户名"),
        [Optional()],
        description=_("字母开头，3 到 40 位。不填就用手机号登录。"),
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )


class RoleForm(PageForm):
    """A role and how far it reaches. The choices of `scope` are set by the view."""

    role = SelectField(_("角色"), choices=_in_words(wording.ROLES))
    scope = SelectField(_("范围"))

    def place(self) -> tuple[str, str]:
        """Return the chosen scope as kind and id."""
        kind, _sign, scope_id = str(self.scope.data).partition(":")
        return kind, scope_id


class InvitationForm(RoleForm):
    """Whom to invite, as what."""

    name = StringField(
        _("姓名"),
        [
            DataRequired(_("请填写被邀请人的姓名，方便核对。")),
            Length(max=60, message=_("姓名最长 60 个字。")),
        ],
    )


class ReasonForm(PageForm):
    """Why something is done; kept in the trail."""

    reason = TextAreaField(
        _("原因"),
        [
            DataRequired(_("请写明原因，会记入操作记录。")),
            Length(max=200, message=_("原因最长 200 个字。")),
        ],
        description=_("会记入操作记录，不要写证件号、手机号。"),
        render_kw={"rows": 3},
    )


class IdentityForm(PageForm):
    """An identity document."""

    kind = SelectField(_("证件种类"), choices=_in_words(wording.IDENTITY_KINDS))
    number = StringField(
        _("证件号码"),
        [DataRequired(_("请填写证件号码。"))],
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )


class PhotoForm(PageForm):
    """A photo from the phone."""

    photo = FileField(
        _("选一张照片"),
        [FileRequired(_("请先选一张照片。"))],
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )


class SearchForm(PageForm):
    """Words to find a person by; posted, so that names stay out of addresses and logs."""

    words = StringField(_("姓名、手机号或用户名"), [Length(max=60, message=_("请短一些。"))])

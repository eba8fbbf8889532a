"""The forms of the public check. Without a token: the pages have no cookie to hold one, and nothing
that belongs to a person can be changed by sending them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional


class Tokenless(FlaskForm):  # type: ignore[misc]
    """A form of a page without a cookie."""

    class Meta:
        """No token."""

        csrf = False


class CheckForm(Tokenless):
    """Number and surname, typed by a stranger."""

    number = StringField(
        _("证书编号"),
        validators=[InputRequired(_("请填证书编号，印在证书下方。")), Length(max=60)],
    )
    surname = StringField(
        _("持证人的姓"),
        validators=[InputRequired(_("请填持证人的姓。")), Length(max=60)],
    )


class CodeForm(Tokenless):
    """What a code says, or an address somebody copied."""

    text = StringField(
        _("二维码里的网址"),
        validators=[InputRequired(_("请先扫码，或把网址抄在这里。")), Length(max=2000)],
    )


class PresentForm(Tokenless):
    """The digits on the holder's phone, and which certificate they belong to."""

    number = StringField(_("证书编号"), validators=[Optional(), Length(max=60)])
    digits = StringField(
        _("手机上的 8 位数字"),
        validators=[InputRequired(_("请填持证人手机上这一分钟的 8 位数字。")), Length(max=20)],
    )


class ReportForm(Tokenless):
    """A site that imitates ours."""

    site = StringField(
        _("那个网站的网址"),
        validators=[
            InputRequired(_("请填那个网站的网址，照着地址栏抄。")),
            Length(max=200, message=_("网址最多 200 个字。")),
        ],
    )
    told = TextAreaField(
        _("在哪里看到的，是什么样子"),
        validators=[
            InputRequired(_("请写一句：在哪里看到的，是什么样子。")),
            Length(max=500, message=_("最多 500 个字，请写短一些。")),
        ],
    )
    contact = StringField(
        _("怎样联系您（可不填）"),
        validators=[Optional(), Length(max=80, message=_("最多 80 个字。"))],
    )
    website = StringField(_("请不要填这一格"), validators=[Optional()])
    """Seen and filled by programs only."""

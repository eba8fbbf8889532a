"""The forms of an institution's entry, its prices, and of the holder's own page."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, DecimalField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from app.training.forms import options

KINDS = {
    "care_institution": _("养老服务机构"),
    "accompaniment_firm": _("主要做陪诊的企业"),
}
INSURANCE = {
    "liability": _("责任险（赔给老人）"),
    "accident": _("意外险（保陪诊师）"),
    "both": _("责任险和意外险"),
}
UNITS = {
    "visit": _("每次"),
    "hour": _("每小时"),
    "half_day": _("每半天"),
    "day": _("每天"),
}


class EntryForm(FlaskForm):  # type: ignore[misc]
    """What families see of an institution."""

    kind = RadioField(
        _("哪一类机构"), [InputRequired(_("请选一类。"))], choices=options(KINDS.items())
    )
    address = StringField(
        _("地址"),
        [InputRequired(_("请填地址。")), Length(max=120, message=_("最多 120 个字。"))],
    )
    phone = StringField(
        _("对外电话"),
        [
            InputRequired(_("请填机构对外的电话。")),
            Regexp(r"^[0-9+\-\s转]{5,30}$", message=_("请填电话号码，如 021-00000000。")),
        ],
        description=_("机构的号码，不写个人手机。"),
        render_kw={"inputmode": "tel"},
    )
    hours = StringField(
        _("营业时间"),
        [Optional(), Length(max=80, message=_("最多 80 个字。"))],
        description=_("例如：周一到周六 7:00–17:00"),
    )
    insurer = StringField(_("保险公司"), [Optional(), Length(max=80, message=_("最多 80 个字。"))])
    insurance_kind = SelectField(
        _("险种"), [Optional()], choices=options([("", _("没有保险")), *INSURANCE.items()])
    )
    insured_until = DateField(_("保到哪一天"), [Optional()])
    published = BooleanField(
        _("在公开名录里显示"),
        description=_("勾上以后，任何人都能在机构名录里看到这一页。随时可以取消。"),
    )


class PriceForm(FlaskForm):  # type: ignore[misc]
    """One displayed price."""

    service = StringField(
        _("服务"),
        [InputRequired(_("请写是什么服务。")), Length(max=60, message=_("最多 60 个字。"))],
        description=_("例如：门诊陪诊（半天）"),
    )
    yuan = DecimalField(
        _("价格（元）"),
        [
            InputRequired(_("请填价格。免费的填 0。")),
            NumberRange(min=0, max=Decimal(99999), message=_("请填 0 到 99999 的金额。")),
        ],
        render_kw={"inputmode": "decimal"},
    )
    unit = SelectField(
        _("怎么算"), [InputRequired(_("请选怎么算。"))], choices=options(UNITS.items())
    )

    @property
    def fen(self) -> int:
        """Hundredths of a yuan, cut off."""
        return int((self.yuan.data or 0) * 100)


class LinkForm(FlaskForm):  # type: ignore[misc]
    """What the holder's own page shows."""

    learning = BooleanField(
        _("也显示继续教育的课时"),
        description=_("只显示各类课时的数目，不显示证明。"),
    )

"""The forms about one enrolled person: details, employer, certificates of other bodies."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app import clock
from app.clock import shanghai_date
from app.training.enrolling import Details, StatedCertificate
from app.training.forms import CATEGORIES, options


class DetailsForm(FlaskForm):  # type: ignore[misc]
    """Category, subdistrict, insurance."""

    category = SelectField(
        _l("类别"), [InputRequired(_l("请选类别。"))], choices=options(CATEGORIES)
    )
    subdistrict = StringField(
        _l("街道（镇）"), [Optional(), Length(max=40, message=_l("街道最多 40 个字。"))]
    )
    insurance_note = StringField(
        _l("保险"),
        [Optional(), Length(max=200, message=_l("保险说明最多 200 个字。"))],
        description=_l("谁投保、保什么、到哪天。例如：机构投保意外险，到 2027-03-31。"),
    )

    def details(self) -> Details:
        """Return what was filled in."""
        return Details(
            category=self.category.data,
            subdistrict=(self.subdistrict.data or "").strip(),
            insurance_note=(self.insurance_note.data or "").strip(),
        )


class EmployerForm(FlaskForm):  # type: ignore[misc]
    """Who somebody works for, since when."""

    employer = SelectField(_l("单位"), [InputRequired(_l("请选单位。"))])
    starts_on = DateField(_l("从哪天起"), [InputRequired(_l("请填开始日期，如 2026-03-01。"))])


class CertificateForm(FlaskForm):  # type: ignore[misc]
    """A certificate of another body."""

    title = StringField(
        _l("证书名称"),
        [InputRequired(_l("请写证书名称。")), Length(max=100, message=_l("最多 100 个字。"))],
    )
    issuer = StringField(
        _l("发证机构"),
        [InputRequired(_l("请写发证机构。")), Length(max=100, message=_l("最多 100 个字。"))],
    )
    number = StringField(
        _l("证书编号"), [Optional(), Length(max=60, message=_l("编号最多 60 个字。"))]
    )
    issued_on = DateField(_l("发证日期"), [Optional()])

    def validate_issued_on(self, field: DateField) -> None:
        """A certificate of tomorrow is a slip of the year."""
        if field.data and field.data > shanghai_date(clock.now()):
            raise ValidationError(_l("发证日期在将来，请核对年份。"))

    def stated(self) -> StatedCertificate:
        """Return what was filled in, validated."""
        return StatedCertificate(
            title=str(self.title.data).strip(),
            issuer=str(self.issuer.data).strip(),
            number=(self.number.data or "").strip(),
            issued_on=self.issued_on.data,
        )

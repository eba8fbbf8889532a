"""Tell trainees what their supervisor answered, in their own language. Decides nothing."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app import messages
from app.formatting import show_date
from app.models.practicum import PracticumRequest


def answered(row: PracticumRequest, *, now: datetime) -> None:
    """Tell that a visit was signed, or why not."""
    to, day = row.visit.enrolment.user, row.visit.began_at
    with force_locale(to.locale or "zh"):
        if row.outcome == "signed":
            subject = _("实训记录签好了")
            text = _("%(day)s 的陪诊记录，带教老师签字了，已计入实训。", day=show_date(day))
        else:
            subject = _("实训记录没有签")
            text = _(
                "%(day)s 的陪诊记录，带教老师没有签：%(why)s。可以写一条更正，再请他签。",
                day=show_date(day),
                why=row.reason.rstrip("。"),
            )
        messages.send(to, "practicum.answered", subject, text, now=now)

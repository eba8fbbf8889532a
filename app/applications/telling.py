"""What applicants are told, each in their own language. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app import messages
from app.extensions import db
from app.formatting import show_list
from app.models.applications import Application
from app.models.people import User


def accepted(application: Application, *, now: datetime) -> None:
    """Tell the applicant that everything is there."""
    user = db.session.get_one(User, application.user_id)
    with force_locale(user.locale or "zh"):
        messages.send(
            user,
            "award.application_accepted",
            _("发证申请已接受"),
            _("你的发证申请已接受。接下来由协会提出、决定是否发证，有结果会通知你。"),
            now=now,
        )


def returned(application: Application, where: Sequence[str], *, now: datetime) -> None:
    """Tell the applicant what is at fault; how, stands on the page."""
    user = db.session.get_one(User, application.user_id)
    with force_locale(user.locale or "zh"):
        messages.send(
            user,
            "award.application_returned",
            _("发证申请退回，要补"),
            _(
                "你的发证申请退回了，要改的地方：%(where)s。每一处的问题写在“证书”里的申请页上，"
                "改好再交。这段时间不算在审的天数里。",
                where=show_list(where),
            ),
            now=now,
        )

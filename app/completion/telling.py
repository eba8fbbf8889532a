"""Tell the training body's person what became of a list, and trainees that they completed."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app import messages
from app.models.finishing import CompletionList
from app.models.people import User


def decided(row: CompletionList, to: User, *, now: datetime) -> None:
    """Tell who handed the list in."""
    with force_locale(to.locale or "zh"):
        title = row.training_class.title
        if row.state == "accepted":
            text = _("协会接受了“%(title)s”的结业名单。", title=title)
        else:
            text = _(
                "协会退回了“%(title)s”的结业名单，问题写在名单上。改好后请再出一份。", title=title
            )
        messages.send(to, "class.completion", _("结业名单的结果"), text, now=now)


def completed(row: CompletionList, *, now: datetime) -> None:
    """Tell everybody on an accepted list who completed."""
    for entry in row.entries:
        if entry.complete:
            to = entry.enrolment.user
            with force_locale(to.locale or "zh"):
                text = _(
                    "你在“%(title)s”已经结业，名单协会已接受。登录后在首页看报考还差什么。",
                    title=row.training_class.title,
                )
                messages.send(to, "class.completed", _("你结业了"), text, now=now)

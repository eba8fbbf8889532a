"""The words of renewals: categories, states, kinds of corrections, class-hours and times."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

CATEGORIES: dict[str, Any] = {
    "law": _("法律与职业道德"),
    "cpr": _("心肺复苏复训"),
    "infection": _("感染防控与安全"),
    "hospital": _("医院流程新变化"),
    "communication": _("沟通"),
    "elective": _("选修"),
}
STATES: dict[str, Any] = {
    "handed_in": _("等协会核对"),
    "returned": _("退回来补"),
    "checked": _("核对过了，等决定"),
    "granted": _("已续期"),
    "refused": _("没有续期"),
}
STATE_TAGS = {
    "handed_in": "info",
    "returned": "wait",
    "checked": "info",
    "granted": "ok",
    "refused": "stop",
}
CHECKED: dict[str, Any] = {"accepted": _("核对过"), "struck": _("不算")}
CHECKED_TAGS = {"accepted": "ok", "struck": "stop"}
KINDS: dict[str, Any] = {
    "name": _("姓名有变或印错了"),
    "photo": _("换照片"),
    "lost": _("证书丢了"),
    "spoilt": _("证书坏了，看不清"),
}
CORRECTION_STATES: dict[str, Any] = {
    "asked": _("等协会决定"),
    "approved": _("已换新证"),
    "refused": _("没有换"),
    "taken_back": _("自己撤回"),
}
CORRECTION_TAGS = {"asked": "info", "approved": "ok", "refused": "stop", "taken_back": "mute"}


def hours(halves: int) -> str:
    """Return half class-hours as class-hours: 5 is 2.5."""
    return f"{halves // 2}.5" if halves % 2 else str(halves // 2)


def duration(minutes: int) -> str:
    """Return minutes as hours, without a nought behind the point."""
    whole, rest = divmod(minutes, 60)
    if not rest:
        return str(gettext("%(n)d 小时", n=whole))
    if not whole:
        return str(gettext("%(n)d 分钟", n=rest))
    return str(gettext("%(hours)d 小时 %(minutes)d 分", hours=whole, minutes=rest))

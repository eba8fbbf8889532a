"""What became of a message, in words for the person it is for."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

STATES = {
    "waiting": _("等着发"),
    "sent": _("已发出"),
    "failed": _("没有发出"),
    "stopped": _("没有发（你不收这类，或被停下）"),
}
STATE_TAGS = {"waiting": "wait", "sent": "ok", "failed": "stop", "stopped": "mute"}
CHANNEL_WORDS = {
    "sms": _("短信"),
    "wechat": _("微信"),
    "email": _("邮件"),
    "file": _("只在这里看"),
}

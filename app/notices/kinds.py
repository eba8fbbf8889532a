"""The kinds of notices: which can be stopped, and which do not wait for the morning.

A message's kind begins with its group: `exam.booked` is of `exam`. What concerns an exam, a
certificate or the safety of the account is owed to the person and cannot be stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _


@dataclass(frozen=True)
class Kind:
    """A group of messages, as people choose them."""

    code: str
    label: Any
    why: Any
    may_stop: bool
    at_once: bool = False
    """Does not wait for the end of the quiet hours."""


KINDS = (
    Kind("account", _("账户安全"), _("改动登录方式时必须告诉你"), may_stop=False, at_once=True),
    Kind("notice", _("核对邮箱的验证码"), _("你自己刚要的"), may_stop=False, at_once=True),
    Kind("exam", _("考试"), _("约考、场次变动、回执、成绩必须告诉你"), may_stop=False),
    Kind("award", _("证书"), _("发证和证书状态必须告诉你"), may_stop=False),
    Kind("expiry", _("证书到期提醒"), _("到期前提醒你续期"), may_stop=True),
    Kind("class", _("班级"), _("结业、时间变动"), may_stop=True),
    Kind("practicum", _("实训"), _("签字的结果"), may_stop=True),
    Kind("learning", _("学习提醒"), _("该复习了、落下了"), may_stop=True),
    Kind("evaluation", _("课程评价"), _("请你评价刚上完的班"), may_stop=True),
)
BY_CODE = {one.code: one for one in KINDS}
STOPPABLE = tuple(one for one in KINDS if one.may_stop)
_OTHER = Kind("other", _("其他"), "", may_stop=False, at_once=True)


def kind_of(message_kind: str) -> Kind:
    """Return the group of a message; one that no group knows cannot be stopped."""
    return BY_CODE.get(message_kind.partition(".")[0], _OTHER)

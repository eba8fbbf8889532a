"""What complaints are about, how they stand and end, in words. Codes are stored."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

KINDS: dict[str, Any] = {
    "safety": _("老人受伤，或有危险"),
    "conduct": _("态度不好，或中途离开"),
    "money": _("乱收费、借钱、推销"),
    "privacy": _("泄露隐私"),
    "overstep": _("做了不该做的（如代签字、给用药建议）"),
    "person": _("来的不是证书上的人，或证书可疑"),
    "other": _("别的事"),
}
STATES: dict[str, Any] = {
    "received": _("已收到，待受理"),
    "open": _("正在办"),
    "held": _("搁置中"),
    "closed": _("已办结"),
}
STATE_TAGS = {"received": "wait", "open": "info", "held": "mute", "closed": "ok"}
OUTCOMES: dict[str, Any] = {
    "upheld": _("属实"),
    "partly": _("部分属实"),
    "unfounded": _("不属实"),
    "unclear": _("查不清"),
    "withdrawn": _("投诉人撤回"),
    "not_ours": _("不归协会管，已转交"),
}
EVENTS: dict[str, Any] = {
    "filed": _("收到投诉"),
    "added": _("投诉人补充"),
    "accepted": _("受理"),
    "noted": _("办理记录"),
    "contact_seen": _("看了投诉人的联系方式"),
    "held": _("搁置，期限暂停计算"),
    "resumed": _("继续办"),
    "standing": _("对证书作了处理"),
    "answered": _("答复投诉人"),
    "closed": _("办结"),
}
SHOWN_TO_ALL = frozenset({"filed", "added", "accepted", "held", "resumed", "answered", "closed"})
"""What the complainant sees of the timeline; of a held case not the reason."""

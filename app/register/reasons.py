"""The reasons for which a certificate's status changes, as codes with words.

Codes are stored and never change their meaning; a new reason is a new code. Deliberately not on
the public page: there stands what the status means, not what somebody is accused of.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

REASONS: dict[str, dict[str, Any]] = {
    "suspended": {
        "safety": _("老人的人身安全可能受到威胁"),
        "investigation": _("投诉或举报正在核查"),
        "rule_breach": _("违反服务规范，要改正"),
        "requirements": _("不再满足持证条件"),
        "holder_pauses": _("本人要求暂停"),
    },
    "valid": {
        "cleared": _("核查清楚，没有问题"),
        "corrected": _("已经改正"),
        "requirements_met": _("重新满足持证条件"),
        "holder_resumes": _("本人要求恢复"),
        "term_over": _("暂停期满"),
        "appeal_upheld": _("申诉成立"),
        "register_corrected": _("更正登记"),
    },
    "withdrawn": {
        "false_evidence": _("材料不真实"),
        "exam_fraud": _("考试舞弊"),
        "harm": _("对老人造成严重伤害"),
        "property": _("侵占老人财物"),
        "privacy": _("泄露老人隐私，情节严重"),
        "not_corrected": _("暂停以后没有改正"),
        "misuse": _("把证书借给别人用或用于其他目的"),
        "issued_wrongly": _("发证时不符合条件"),
    },
    "cancelled": {
        "holder_wish": _("本人不再从业，自己提出"),
        "died": _("本人去世"),
        "duplicate": _("同一个人重复发证"),
        "issue_undone": _("发证有误，没有交给本人"),
    },
    "replaced": {
        "renewed": _("续期换证"),
        "corrected": _("更正姓名或证件信息"),
        "reissued": _("证书遗失或损坏，补发"),
        "level_changed": _("等级变更"),
        "duplicate": _("同一个人重复发证"),
    },
}


def label(status: str, code: str) -> str:
    """Return a reason in words; empty for lines from before there were codes."""
    return str(REASONS.get(status, {}).get(code, ""))


def choices(status: str, *, without: frozenset[str] = frozenset()) -> list[tuple[str, Any]]:
    """Return what a form offers for a status."""
    return [one for one in REASONS[status].items() if one[0] not in without]

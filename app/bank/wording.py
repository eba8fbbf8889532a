"""The words of the bank in the reader's language: kinds, levels, states, pools."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from app.bank.kept_words import kept_place as kept_place
from app.bank.kept_words import kept_words as kept_words
from app.saying import said
from question_bank.style import Flaw

KINDS: dict[str, Any] = {
    "single_choice": _("单选题"),
    "true_false": _("判断题"),
    "multiple_choice": _("多选题"),
    "case_set": _("案例题"),
    "ordering": _("排序题"),
    "matching": _("配对题"),
    "fill_in": _("填空题"),
    "numeric": _("计算题"),
    "short_answer": _("简答题"),
    "upload": _("提交文件题"),
    "description": _("说明文字"),
}
LEVELS: dict[str, Any] = {"recall": _("识记"), "use": _("运用"), "judgement": _("判断")}
POOLS: dict[str, Any] = {"live": _("考试题"), "practice": _("练习题")}
STATUSES: dict[str, Any] = {
    "draft": _("草稿"),
    "first_review": _("初审中"),
    "final_review": _("终审中"),
    "trial": _("试测"),
    "active": _("启用"),
    "retired": _("停用"),
}
BANDS: dict[str, Any] = {"easy": _("易"), "medium": _("中"), "hard": _("难")}
DOMAINS: dict[str, Any] = {
    "A": _("服务要求与法律"),
    "B": _("服务流程"),
    "C": _("养老服务基础"),
    "D": _("医疗基础与应急"),
    "E": _("就诊流程"),
    "F": _("沟通"),
}
RULES: dict[str, Any] = {
    "": _("按考试的规定"),
    "all_or_nothing": _("全对才得分"),
    "missing_partly_wrong_zero": _("少选得部分分，错选不得分"),
    "plus_minus_practice": _("选对加分，选错扣分（只给练习用）"),
    "exact": _("次序全对才得分"),
    "adjacent_pairs": _("按相邻次序给分"),
    "position": _("按位置给分"),
    "per_pair": _("按配对给分"),
    "per_blank": _("按空给分"),
    "nearest": _("误差以内得分"),
}
WRITERS: dict[str, Any] = {"human": _("人写的"), "ai_drafted": _("AI 起草")}
REVIEW_DATES: dict[str, Any] = {
    "past": _("已过复查日期"),
    "soon": _("90 天内要复查"),
    "none": _("没有复查日期"),
}
EXPOSURES: dict[str, Any] = {"never": _("近期没有用过"), "often": _("近期用过")}
ORDERS: dict[str, Any] = {
    "code": _("按编号"),
    "changed": _("最近改的在前"),
    "review": _("先到复查日期的在前"),
    "shown": _("用得最多的在前"),
}
CHANGE_STATES: dict[str, Any] = {
    "doing": _("正在修改"),
    "done": _("已修改"),
    "undoing": _("正在撤销"),
    "undone": _("已撤销"),
}
CHANGE_TAGS = {"doing": "info", "done": "ok", "undoing": "info", "undone": "mute"}
# The writing rules of `question_bank.style` in a few words.
FLAWS: dict[str, Any] = {
    "absolute_word": _("绝对的词"),
    "all_of_above": _("以上都对、都不对"),
    "letter_reference": _("提到选项字母"),
    "key_longest": _("正确选项最长"),
    "unequal_length": _("选项长短不齐"),
    "unequal_kind": _("选项写法不同"),
    "option_count": _("选项个数不合"),
    "all_right": _("全部选项都对"),
    "overlapping": _("选项重叠"),
    "unordered_numbers": _("数字没有排序"),
    "negative_stem": _("否定的问法"),
    "double_negative": _("两个否定"),
    "echo": _("题干提示了答案"),
    "unfocused_stem": _("题干不成问题"),
    "long_stem": _("题干太长"),
    "scene_length": _("情景长短不合"),
    "trick_word": _("靠词定对错"),
    "missing_explanation": _("没有解析"),
    "missing_why": _("选项没有说明"),
}
STATUS_TAGS = {
    "draft": "mute",
    "first_review": "info",
    "final_review": "info",
    "trial": "wait",
    "active": "ok",
    "retired": "stop",
}


def domain_name(code: str) -> str:
    """Return `D 医疗基础与应急`, or the bare letter of a domain we have no name for."""
    return f"{code} {DOMAINS[code]}" if code in DOMAINS else code


def flaw_rule(flaw: Flaw) -> str:
    """Say the rule that a flaw breaks, in the reader's language."""
    return said(flaw.rule)

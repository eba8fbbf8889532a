"""The menu: one list for everyone, cut to what the signed-in person may open."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext
from flask_login import current_user

from app.models.people import User
from app.permissions import allows, is_staff


@dataclass(frozen=True)
class Item:
    """One entry of the menu."""

    href: str
    label: str
    icon: str
    current: bool


def items() -> list[Item]:
    """Return the menu for the person who asks; empty for strangers."""
    if not current_user.is_authenticated:
        return []
    user: User = current_user
    entries = [
        ("home.index", _("首页"), "home", True),
        ("learning.course", _("课程"), "book", not is_staff(user)),
        ("exams.mine", pgettext("list", "考试"), "clock", not is_staff(user)),
        ("awards.mine", pgettext("list", "证书"), "certificate", not is_staff(user)),
        ("training.classes", pgettext("list", "班级"), "people", allows(user, "class.read")),
        ("training.group_enrolment", _("集体报名"), "upload", allows(user, "class.enrol")),
        ("handbook.stations", _("考站"), "check", allows(user, "station.read")),
        ("bank.questions", _("题库"), "question", allows(user, "bank.read_practice")),
        ("bank.work", _("题目待办"), "check", allows(user, "bank.work")),
        ("bank.blueprints", pgettext("list", "细目表"), "grid", allows(user, "bank.blueprint")),
        ("evaluation.results", _("课程评价"), "chart", allows(user, "evaluation.read")),
        ("completion.queue", _("结业名单"), "list", allows(user, "completion.decide")),
        ("exams.exams", _("考务"), "clock", allows(user, "exam.read")),
        ("exams.duties", _("监考"), "eye", allows(user, "exam.invigilate")),
        ("exams.results", _("成绩"), "list", allows(user, "exam.release")),
        ("applications.queue", _("发证申请"), "pen", allows(user, "application.review")),
        ("applications.objections", _("公示异议"), "flag", allows(user, "objection.answer")),
        ("awards.queue", _("发证"), "certificate", allows(user, "award.read")),
        ("register.desk", _("证书状态"), "shield", allows(user, "award.read")),
        ("complaints.cases", pgettext("list", "投诉"), "flag", allows(user, "complaint.read")),
        ("renewal.queue", pgettext("list", "续期"), "refresh", allows(user, "award.read")),
        ("checking.site_reports", _("假网站举报"), "alert", allows(user, "check.reports")),
        ("layouts.layouts", _("证书版式"), "sliders", allows(user, "layout.read")),
        ("renewal.exchanges", _("更正补发"), "swap", allows(user, "award.read")),
        ("earlier.earlier_list", _("以前的证书"), "note", allows(user, "award.read")),
        ("hospitals.check_list", _("批量查验"), "search", allows(user, "list.check")),
        ("directory.own_institutions", _("机构名录"), "globe", allows(user, "directory.keep")),
        ("hospitals.all_keys", _("医院接口"), "key", allows(user, "hospital.keys")),
        ("competence.people", _("能力档案"), "star", allows(user, "competence.read")),
        ("competence.my_conflicts", _("利益冲突"), "hand", is_staff(user)),
        ("oversight.rules", _("规则"), "rules", allows(user, "rules.read")),
        ("oversight.trail", _("操作记录"), "list", allows(user, "audit.read")),
        ("accounts.people", _("人员"), "people", allows(user, "people.manage")),
        ("accounts.account", _("我的"), "person", True),
    ]
    here = (request.endpoint or "").split(".")[0]
    return [
        Item(
            href=url_for(endpoint),
            label=label,
            icon=icon,
            current=endpoint == request.endpoint
            or (endpoint.split(".")[0] == here and _only_of(here, entries)),
        )
        for endpoint, label, icon, shown in entries
        if shown and endpoint in current_app.view_functions
    ]


def _only_of(blueprint: str, entries: list[tuple[str, str, str, bool]]) -> bool:
    """Tell whether just one shown entry belongs to a blueprint: then it is current on all pages."""
    return sum(shown and e.split(".")[0] == blueprint for e, _label, _icon, shown in entries) == 1

"""Who may do what: one map, one decorator under each route, one question about an object.

A permission belongs to roles; a grant of a role has a scope. A route states its permission with
`@needs("bank.write")`, or `@signed_in`, or `@public`; a test walks all routes and refuses one that
states nothing. Whether the object at hand lies inside the person's scope is asked with
`require(...)`, which answers like a missing page, so that ids cannot be probed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, current_app
from flask_babel import lazy_gettext as _
from flask_login import current_user

from app.models.people import Role, RoleGrant, ScopeKind, User

View = TypeVar("View", bound=Callable[..., Any])
R = Role
REVIEWERS = frozenset({R.ITEM_REVIEWER, R.CLINICAL_REVIEWER, R.LEGAL_REVIEWER})

# permission -> (what it means, roles that have it). Shown as is on the permissions page.
PERMISSIONS: dict[str, tuple[Any, frozenset[Role]]] = {
    "people.manage": (_("邀请人员、授予角色"), frozenset({R.ADMINISTRATOR})),
    "people.read_identity": (_("查看完整证件号（要写理由）"), frozenset({R.REGISTRAR})),
    "rules.read": (
        _("查看规则设置"),
        frozenset({R.ADMINISTRATOR, R.EXAM_MANAGER, R.CERTIFIER, R.REGISTRAR, R.AUDITOR}),
    ),
    "rules.write": (_("更改规则设置"), frozenset({R.ADMINISTRATOR})),
    "audit.read": (_("查看操作记录"), frozenset({R.AUDITOR, R.ADMINISTRATOR})),
    "operations.read": (
        _("查看消息、后台任务和时钟告警"),
        frozenset({R.AUDITOR, R.ADMINISTRATOR}),
    ),
    "operations.act": (_("重发消息、取消任务、确认时钟告警"), frozenset({R.ADMINISTRATOR})),
    "bank.read_practice": (
        _("查看练习题"),
        REVIEWERS | {R.ITEM_WRITER, R.EXAM_MANAGER, R.INSTRUCTOR},
    ),
    "bank.read_live": (_("打开考试题"), REVIEWERS | {R.ITEM_WRITER, R.EXAM_MANAGER}),
    "bank.write": (_("编写题目"), frozenset({R.ITEM_WRITER})),
    "bank.approve": (_("审核题目"), REVIEWERS),
    "bank.activate": (_("把试测的题转为启用、停用题目"), REVIEWERS | {R.EXAM_MANAGER}),
    "bank.work": (_("看题目待办"), REVIEWERS | {R.ITEM_WRITER, R.EXAM_MANAGER}),
    "bank.change": (_("批量改题目的标签和归类"), REVIEWERS | {R.ITEM_WRITER, R.EXAM_MANAGER}),
    "bank.blueprint": (_("编写双向细目表"), frozenset({R.EXAM_MANAGER})),
    "class.read": (
        _("查看班级"),
        frozenset({R.TRAINING_MANAGER, R.INSTRUCTOR, R.EXAMINER, R.DISTRICT_OFFICER, R.CERTIFIER}),
    ),
    "class.manage": (_("开班、排课"), frozenset({R.TRAINING_MANAGER})),
    "class.enrol": (
        _("给一批人报名"),
        frozenset({R.TRAINING_MANAGER, R.INSTITUTION_MANAGER, R.DISTRICT_OFFICER}),
    ),
    "class.record": (_("登记出勤"), frozenset({R.TRAINING_MANAGER, R.INSTRUCTOR})),
    "class.sign": (_("实操签字"), frozenset({R.INSTRUCTOR})),
    "class.assess": (_("登记实操考核"), frozenset({R.EXAMINER})),
    "practicum.manage": (
        _("登记实训点和带教老师、导出服务时间"),
        frozenset({R.TRAINING_MANAGER}),
    ),
    "completion.decide": (
        _("审结业名单"),
        frozenset({R.EXAM_MANAGER, R.REGISTRAR}),
    ),
    "evaluation.read": (_("看课程评价"), frozenset({R.TRAINING_MANAGER, R.CERTIFIER})),
    "station.read": (
        _("查看实操考站"),
        frozenset({R.EXAMINER, R.EXAM_MANAGER, R.INSTRUCTOR}),
    ),
    "exam.read": (_("查看考试"), frozenset({R.EXAM_MANAGER, R.AUDITOR})),
    "exam.build": (_("组卷、发布、排考场"), frozenset({R.EXAM_MANAGER})),
    "exam.invigilate": (_("监考"), frozenset({R.INVIGILATOR})),
    "exam.cases": (
        _("立违纪案、看违纪案（决定由公布成绩的人作）"),
        frozenset({R.EXAM_MANAGER, R.INVIGILATOR, R.CERTIFIER}),
    ),
    "exam.release": (_("公布成绩"), frozenset({R.CERTIFIER})),
    "application.review": (_("审发证申请"), frozenset({R.REGISTRAR})),
    "notice.publish": (_("发布公示"), frozenset({R.REGISTRAR})),
    "objection.answer": (_("答复公示的异议"), frozenset({R.REGISTRAR, R.CERTIFIER})),
    "competence.read": (
        _("查看能力档案和利益冲突登记"),
        frozenset({R.EXAM_MANAGER, R.REGISTRAR, R.AUDITOR}),
    ),
    "competence.write": (_("登记能力档案"), frozenset({R.EXAM_MANAGER})),
    "award.propose": (_("提出发证"), frozenset({R.REGISTRAR})),
    "award.decide": (_("决定发证"), frozenset({R.CERTIFIER})),
    "award.withdraw": (_("撤销证书"), frozenset({R.CERTIFIER})),
    "register.repair": (_("修复登记里的错误记录"), frozenset({R.REGISTRAR})),
    "complaint.read": (
        _("查看投诉"),
        frozenset({R.CERTIFIER, R.REGISTRAR, R.AUDITOR, R.DISTRICT_OFFICER}),
    ),
    "complaint.handle": (_("办理投诉"), frozenset({R.CERTIFIER, R.REGISTRAR})),
    "check.reports": (
        _("处理假网站举报"),
        frozenset({R.REGISTRAR, R.CERTIFIER, R.ADMINISTRATOR}),
    ),
    "layout.read": (_("查看证书版式"), frozenset({R.CERTIFIER, R.REGISTRAR, R.AUDITOR})),
    "layout.write": (_("设计、发布、选用证书版式"), frozenset({R.CERTIFIER, R.REGISTRAR})),
    "list.check": (
        _("成批查验证书编号"),
        frozenset({R.INSTITUTION_MANAGER, R.DISTRICT_OFFICER, R.REGISTRAR, R.CERTIFIER, R.AUDITOR}),
    ),
    "hospital.keys": (_("发放和收回医院接口的密钥"), frozenset({R.REGISTRAR})),
    "earlier.bring_in": (_("补登本系统以前签发的证书"), frozenset({R.REGISTRAR})),
    "directory.keep": (_("更新本机构在名录里的资料"), frozenset({R.INSTITUTION_MANAGER})),
    "award.read": (_("查看发证记录"), frozenset({R.CERTIFIER, R.REGISTRAR, R.AUDITOR})),
}

# Roles whose holders work for the scheme: a second factor can be demanded of them.
STAFF_ROLES = frozenset(set(Role) - {Role.TRAINEE})


@dataclass(frozen=True)
class Scope:
    """Where an object lies; a grant reaches it when one of these matches the grant's scope."""

    district: str | None = None
    organisation: str | None = None
    training_class: str | None = None
    sitting: str | None = None

    def reached_by(self, grant: RoleGrant) -> bool:
        """Tell whether a grant reaches this place."""
        if grant.scope_kind == ScopeKind.ALL:
            return True
        return getattr(self, grant.scope_kind) == grant.scope_id and bool(grant.scope_id)


def current_grants(user: User, permission: str) -> list[RoleGrant]:
    """Return the unrevoked grants of a person that carry a permission."""
    roles = PERMISSIONS[permission][1]
    return [g for g in user.grants if g.revoked_at is None and g.role in roles]


def allows(user: User, permission: str, scope: Scope | None = None) -> bool:
    """Tell whether a person has a permission: somewhere (no scope), or for an object's scope."""
    grants = current_grants(user, permission)
    return any(scope is None or scope.reached_by(grant) for grant in grants)


def has_role(user: User, role: Role) -> bool:
    """Tell whether a person holds a role in any scope."""
    return any(g.revoked_at is None and g.role == role for g in user.grants)


def is_staff(user: User) -> bool:
    """Tell whether a person holds any role but trainee."""
    return any(g.revoked_at is None and g.role in STAFF_ROLES for g in user.grants)


def require(permission: str, scope: Scope) -> None:
    """Answer 404 unless the signed-in person has the permission for an object in this scope."""
    if not allows(the_user(), permission, scope):
        abort(404)


def the_user() -> User:
    """Return the signed-in person; only for routes behind `signed_in` or `needs`."""
    return cast(User, current_user._get_current_object())


def public(view: View) -> View:
    """Open a route to everyone."""
    view.door = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Open a route to anyone signed in; the view itself keeps to the person's own records."""
    return _guarded(view, "signed_in", lambda: True)


def needs(permission: str) -> Callable[[View], View]:
    """Open a route to people with a permission, wherever it reaches."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def decorate(view: View) -> View:
        return _guarded(view, permission, lambda: allows(the_user(), permission))

    return decorate


def _guarded(view: View, door: str, admits: Callable[[], bool]) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return cast(Any, current_app).login_manager.unauthorized()
        if not admits():
            abort(403)
        return view(*args, **kwargs)

    guarded.door = door  # type: ignore[attr-defined]
    return cast(View, guarded)

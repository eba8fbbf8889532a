"""The words for roles, scopes and identity documents, in the reader's language."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from app.formatting import show_list
from app.models.people import Role, ScopeKind, User

ROLES: dict[str, Any] = {
    Role.TRAINEE: _("学员"),
    Role.ITEM_WRITER: _("命题人"),
    Role.ITEM_REVIEWER: _("审题人"),
    Role.CLINICAL_REVIEWER: _("临床审题人"),
    Role.LEGAL_REVIEWER: _("法律审题人"),
    Role.EXAM_MANAGER: _("考务管理员"),
    Role.INSTRUCTOR: _("带教老师"),
    Role.TRAINING_MANAGER: _("培训管理员"),
    Role.INSTITUTION_MANAGER: _("机构管理员"),
    Role.INVIGILATOR: _("监考员"),
    Role.EXAMINER: _("考评员"),
    Role.MARKER: _("阅卷人"),
    Role.CERTIFIER: _("发证决定人"),
    Role.REGISTRAR: _("证书登记员"),
    Role.DISTRICT_OFFICER: _("区民政"),
    Role.AUDITOR: _("审计员"),
    Role.ADMINISTRATOR: _("管理员"),
}
SCOPES: dict[str, Any] = {
    ScopeKind.ALL: _("全部"),
    ScopeKind.DISTRICT: _("区"),
    ScopeKind.ORGANISATION: _("机构"),
    ScopeKind.TRAINING_CLASS: _("班级"),
    ScopeKind.SITTING: _("考场"),
}
IDENTITY_KINDS: dict[str, Any] = {
    "resident_id": _("居民身份证"),
    "residence_permit": _("港澳台居民居住证"),
    "foreign_permanent": _("外国人永久居留身份证"),
    "passport": _("护照"),
}
CONSENTS: dict[str, Any] = {
    "service": _("培训、考试和发证"),
    "identity_number": _("证件号码"),
    "photo_on_certificate": _("照片印在证书上"),
    "photo_public": _("扫码时显示照片"),
    "register_public": _("公开登记里按机构查到我"),
}


def roles_in_words(user: User) -> str:
    """Return a person's current roles, in the order of the list above, each once."""
    held = {grant.role for grant in user.grants if grant.revoked_at is None}
    return show_list(words for role, words in ROLES.items() if role in held)

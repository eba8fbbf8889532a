"""Words for the documents and states of applications and objections. Codes stay codes in rows."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

OTHER = "other"
DOCUMENTS = {
    "health": _("健康证明"),
    "first_aid": _("急救培训证"),
    "work": _("工作或志愿服务证明"),
    OTHER: _("其他材料"),
}
"""The kinds that `application.documents` may ask for, and one that is never asked."""
GENERAL = "general"
"""Where a fault lies that is of no document and no declaration."""

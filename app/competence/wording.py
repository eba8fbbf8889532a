"""Words for reasons of conflicts and kinds of entries. Codes stay codes in rows."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

REASONS = {
    "relative": _("亲属"),
    "colleague": _("同事或上下级"),
    "business": _("有经济往来"),
    "dispute": _("有过纠纷"),
    "other": _("其他"),
}
KINDS = {
    "qualification": _("资格证书"),
    "training": _("参加过的培训"),
    "calibration": _("考评一致性练习"),
    "experience": _("工作经历"),
}

"""What layouts there are, what each is used for, and what people call them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

KINDS: dict[str, Any] = {
    "landscape": _("横版证书"),
    "portrait": _("竖版证书"),
    "card": _("随身卡"),
    "statement": _("学时证明"),
}
USES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "certificate": (_("证书"), ("landscape", "portrait")),
    "card": (_("随身卡"), ("card",)),
    "statement": (_("学时证明"), ("statement",)),
}
"""Use -> its name, and the kinds that serve it, the one used without a choice first."""
NO_SCHEME = ""
"""Where a document belongs to no one scheme."""


def use_of(kind: str) -> str:
    """Return what a kind of layout is used for."""
    return next(use for use, (_name, kinds) in USES.items() if kind in kinds)

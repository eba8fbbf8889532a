"""What a blueprint asks that the bank cannot give, in the reader's language.

The question bank names a shortage in Chinese, for whoever runs it without this application. Its
figures say the rest: this only writes the sentence of another language from them, and counts
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from app.bank.routes import blueprint
from app.bank.wording import KINDS, LEVELS
from app.formatting import in_english
from question_bank import KINDS as KINDS_OF_BANK
from question_bank.question import LEVEL_LABELS
from question_bank.supply import (
    DIFFICULTY_RULE,
    LEVEL_RULE,
    TRIAL_RULE,
    Shortage,
)


@blueprint.app_template_filter("show_shortage")
def sentence(shortage: Shortage) -> str:
    """Return one shortage as a whole sentence with what to do."""
    if not in_english():
        return shortage.message
    if shortage.where == LEVEL_RULE:
        return str(_("各层次的比例分开都能满足，合在一起不能。请给不足的层次补题，或放宽比例。"))
    if shortage.where == DIFFICULTY_RULE:
        return _difficulty(shortage)
    if shortage.where == TRIAL_RULE and shortage.have < shortage.need:
        return str(
            _(
                "要混入 %(need)d 道试测题，可用的只有 %(have)d。请把题送去试测，或调低题数。",
                need=shortage.need,
                have=shortage.have,
            )
        )
    figures = {"where": place(shortage.where), "need": shortage.need, "have": shortage.have}
    if shortage.have < shortage.need:
        return str(
            _("“%(where)s”要 %(need)d，可用的只有 %(have)d。请补题，或改细目表。", **figures)
        )
    if shortage.where in LEVEL_LABELS.values():
        most = _(
            "“%(where)s”至多 %(need)d，现有的题最少也有 %(have)d。请补其他层次的题，或调高比例。",
            **figures,
        )
        return str(most)
    return str(
        _("互斥的题不能同卷，最常卡在“%(where)s”。请给这里补题，或核对互斥关系。", **figures)
    )


def _difficulty(shortage: Shortage) -> str:
    """Return which way the band lies: the figures are sums over the paper that nobody can read."""
    if (shortage.need, shortage.have) == (1, 0):  # a draw that could not mend it
        return str(
            _("题数和层次都够，但难度凑不进要求的范围。请给各格补难易不同的题，或放宽难度。")
        )
    if shortage.have < shortage.need:
        return str(_("最容易的卷也达不到要求的难度系数。请补容易的题，或放宽难度。"))
    return str(_("最难的卷也超过要求的难度系数。请补难的题，或放宽难度。"))


def sentences(shortages: Iterable[Shortage]) -> str:
    """Return several shortages after each other."""
    return (" " if in_english() else "").join(sentence(one) for one in shortages)


def place(where: str) -> str:
    """Name a cell (`B 案例题`) or a level in the reader's language."""
    for code, label in LEVEL_LABELS.items():
        if where == label:
            return str(LEVELS[code])
    if where == TRIAL_RULE:
        return str(_("试测题"))
    domain, _space, label = where.partition(" ")
    for code, kind in KINDS_OF_BANK.items():
        if label == kind.label:
            return f"{domain} {KINDS[code]}"
    return where

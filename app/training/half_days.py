"""What a half-day of the timetable is called, in the reader's language.

The name is stored in Chinese when the timetable is made; a name somebody wrote differently is
shown as it is.
"""

from __future__ import annotations

import re

from flask_babel import gettext as _

from app.training.pages import blueprint

MADE = re.compile(r"第(\d+)天(上午|下午)")


@blueprint.app_template_filter("show_half_day")
def show_half_day(title: str) -> str:
    """Return 第1天上午, or Day 1, morning."""
    found = MADE.fullmatch(title)
    if found is None:
        return title
    if found[2] == "上午":
        return str(_("第%(n)s天上午", n=found[1]))
    return str(_("第%(n)s天下午", n=found[1]))

"""The refusals of this feature, each a whole sentence."""

from __future__ import annotations

from flask_babel import gettext as _

from app.errors import Refusal


class ComplaintRefused(Refusal):
    """The step cannot be taken like this; nothing was changed."""


class TooManyComplaints(Refusal):
    """Too many complaints, or too many wrong receipt codes, came from one place."""

    status = 429

    def __init__(self, seconds: int) -> None:
        self.retry_after = seconds
        super().__init__(
            _(
                "从这个上网出口交来的太多了，请等 %(n)d 分钟再试，或直接打电话给协会。您写的还在上一页。",
                n=-(-seconds // 60),
            )
        )

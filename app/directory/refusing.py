"""The refusals of the directory."""

from __future__ import annotations

from flask_babel import gettext as _

from app.errors import Refusal


class DirectoryRefused(Refusal):
    """The entry cannot be changed like this; nothing was changed."""

    status = 400


class TooManyPages(Refusal):
    """One place has looked at more pages than anybody reads."""

    status = 429

    def __init__(self, seconds: int) -> None:
        self.retry_after = seconds
        super().__init__(
            _("从您这里翻的页太多，请等 %(n)d 秒再看。扫证书上的二维码不受影响。", n=seconds)
        )

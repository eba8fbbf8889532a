"""The refusals of this feature, each with a whole sentence for the person who acts."""

from __future__ import annotations

from app.errors import Refusal


class ApplicationRefused(Refusal):
    """The application cannot be changed, filed or reviewed like this; nothing was changed."""


class NoticeRefused(Refusal):
    """The public notice or the answer cannot be made like this; nothing was changed."""


class TooManyObjections(Refusal):
    """Too many objections came from one place in a short time."""

    status = 429

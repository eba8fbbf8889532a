"""Notices: how each person is told, what they stopped, when it is quiet; SMS, WeChat and e-mail.

Importing this package connects the outbox (`app/messages.py`) with the gateways of the settings.
"""

from app.notices import policy
from app.notices.views import blueprint

__all__ = ["blueprint", "policy"]

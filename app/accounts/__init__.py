"""Accounts: sign-in, sessions, invitations, roles, identity, consents, second factor."""

from app.accounts import guards
from app.accounts.views import blueprint

__all__ = ["blueprint", "guards"]

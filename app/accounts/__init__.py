"""Accounts: sign-in, sessions, invitations, roles, identity, consents, second factor."""

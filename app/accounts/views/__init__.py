"""The pages of the accounts feature, one module for each group of pages."""

from app.accounts.views import (
    account,
    consents,
    identity,
    invitations,
    people,
    registering,
    roles,
    second_factor,
    signing_in,
)
from app.accounts.views.base import blueprint

__all__ = [
    "account",
    "blueprint",
    "consents",
    "identity",
    "invitations",
    "people",
    "registering",
    "roles",
    "second_factor",
    "signing_in",
]

"""The blueprint that the pages of renewal hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("renewal", __name__)

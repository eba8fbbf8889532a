"""The blueprint of decisions and certificates."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("awards", __name__)

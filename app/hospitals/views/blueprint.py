"""The blueprint of the pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("hospitals", __name__)

"""The blueprint, shared by both files of views."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("credentials", __name__)

"""The feature's blueprint, apart from its views so that each file of views can import it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("bank", __name__, url_prefix="/bank")

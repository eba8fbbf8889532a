"""The blueprint that the pages of the practicum hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("practicum", __name__)

"""The blueprint that the pages of training hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("training", __name__)

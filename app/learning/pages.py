"""The blueprint of learning: every page and exchange under /learn."""

from flask import Blueprint

blueprint = Blueprint("learning", __name__)

"""The blueprint of the oversight feature, apart from its views so that each can import it."""

from flask import Blueprint

blueprint = Blueprint("oversight", __name__)

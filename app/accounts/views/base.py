"""The blueprint of the accounts feature, apart from its views so that each can import it."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)

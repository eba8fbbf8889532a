"""The question bank's pages: write, approve, retire questions; blueprints and their proof."""

from app.bank import draw_commands, exposure, import_command, views
from app.bank.routes import blueprint

__all__ = ["blueprint", "draw_commands", "exposure", "import_command", "views"]

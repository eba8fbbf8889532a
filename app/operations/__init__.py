"""Running the product: making it ready, and the commands for trail, backups and retention."""

from app.operations.audit import audit_commands
from app.operations.backups import backup, restore
from app.operations.retention import retention_commands

COMMANDS = (audit_commands, backup, restore, retention_commands)

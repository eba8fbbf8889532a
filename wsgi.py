"""The entry point for servers and for the `flask` command."""

import sys

from app import create_app
from app.config import ConfigurationError, Settings

try:
    app = create_app(Settings.from_env())
except ConfigurationError as error:
    sys.exit(str(error))

"""The entry point for servers and for the `flask` command."""

import sys

from app import cli, create_app
from app.config import ConfigurationError, Settings

try:
    app = create_app(Settings.from_env())
except ConfigurationError as error:
    bare = cli.without_settings(sys.argv)
    if bare is None:
        sys.exit(str(error))
    app = bare

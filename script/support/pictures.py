"""script/pictures: set up what the screenshots need and take them, all or those that are named.

How a picture is taken is in tests/journeys/pictures.py; this provides the environment and Chromium.
"""

import os
import subprocess
import sys

from script.support import environment, system, translations_files
from script.support.terminal import ROOT, SetupError, run_script


def main() -> int:
    """Give the exit code of the one that takes the pictures."""
    environment.install("requirements-dev.lock")
    system.require_certificates_can_be_drawn()
    translations_files.compile_if_older()
    chromium = system.find_or_install_chromium()
    if chromium is None:
        raise SetupError(
            "Pictures need Chromium, and there is none. Install it and run this again."
        )
    settings = {**os.environ, **system.library_path(), "CHROMIUM": chromium}
    command = [environment.PYTHON, "-m", "tests.journeys.pictures", *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, env=settings, check=False).returncode


if __name__ == "__main__":
    run_script(main)

"""Where the translations lie, and their compiled form.

Compiled files are not committed: they follow from the .po files. It deliberately does not look
into the sentences; that is script/translations.
"""

import subprocess

from script.support.environment import PYTHON
from script.support.terminal import ROOT, SetupError

FOLDER = ROOT / "app" / "translations"


def compile_if_older() -> None:
    """Compile each catalogue that is newer than its compiled form. Raises SetupError with the fault."""
    for source in sorted(FOLDER.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        unfinished = compiled.with_suffix(".mo.new")
        command = [PYTHON, "-m", "babel.messages.frontend", "-q", "compile", "--use-fuzzy"]
        command += ["-i", str(source), "-o", str(unfinished), "-l", source.parts[-3]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SetupError(
                f"{source.relative_to(ROOT)} cannot be compiled: {done.stderr.strip()}"
            )
        unfinished.replace(compiled)

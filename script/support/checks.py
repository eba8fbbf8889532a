"""script/check: every linter and consistency check; all run, then a summary.

What each one demands is set in pyproject.toml. It deliberately mends nothing; `ruff format .`,
`ruff check --fix .` and script/translations do.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from script.support import environment, system, translations_files
from script.support.terminal import ROOT, run_script, say

MODULE = [environment.PYTHON, "-m"]
FLASK = [*MODULE, "flask", "--app", "wsgi"]
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"

# What belongs to the caller's own installation and must not reach the checks' fresh one.
OF_AN_INSTALLATION = (
    "DATABASE_URL",
    "PUBLIC_URL",
    "SECRET_KEY",
    "IDENTITY_KEY",
    "MATCH_KEY",
    "SEAL_KEY",
)


@dataclass(frozen=True)
class Step:
    """One check: its name in the summary, and the commands that all must succeed."""

    name: str
    commands: Sequence[Sequence[str]]


def steps() -> list[Step]:
    """List the checks in the order in which they are run."""
    return [
        Step("ruff check", [[*MODULE, "ruff", "check", "."]]),
        Step("ruff format", [[*MODULE, "ruff", "format", "--check", "."]]),
        Step("mypy --strict", [[*MODULE, "mypy"], [*MODULE, "mypy", "-p", "script.support"]]),
        Step("import contracts", [[environment.PYTHON, "-c", LINT_IMPORTS]]),
        Step("djlint", [[*MODULE, "djlint", "app/templates", "--lint", "--quiet"]]),
        Step("translations complete", [[*MODULE, "script.support.translations", "--check"]]),
        Step("migrations equal models", [[*FLASK, "db", "upgrade"], [*FLASK, "db", "check"]]),
    ]


def main() -> int:
    """Run every step and give 1 when any failed."""
    if len(sys.argv) > 1:
        sys.exit("script/check takes no arguments; it runs every check.")
    environment.install("requirements-dev.lock")
    system.require_certificates_can_be_drawn()
    translations_files.compile_if_older()
    with tempfile.TemporaryDirectory(prefix="peizhen-check-") as data:
        settings = _settings(Path(data))
        results = [_run(step, settings) for step in steps()]
    say("\n==> Summary")
    for step, passed, seconds in results:
        say(f"    {'✓' if passed else '✗'} {step.name} ({seconds:.0f} s)")
    failed = sum(not passed for _, passed, _ in results)
    say(f"==> {failed} of {len(results)} checks failed" if failed else "==> All checks passed")
    return 1 if failed else 0


def _settings(data: Path) -> dict[str, str]:
    """Give an environment whose database is fresh and empty, whatever the caller works with."""
    inherited = {k: v for k, v in os.environ.items() if k not in OF_AN_INSTALLATION}
    return {**inherited, "DEMO": "1", "DATA_DIR": str(data), **system.library_path()}


def _run(step: Step, settings: dict[str, str]) -> tuple[Step, bool, float]:
    say(f"\n==> {step.name}")
    begun = time.monotonic()
    passed = all(
        subprocess.run(command, cwd=ROOT, env=settings, check=False).returncode == 0
        for command in step.commands
    )
    return step, passed, time.monotonic() - begun


if __name__ == "__main__":
    run_script(main)

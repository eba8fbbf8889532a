"""script/test: set up what the tests need, run them all, leave nothing behind.

The tests themselves and how they use a database are in tests/; this only provides Chromium and a
PostgreSQL cluster and passes them on through the environment:

    TEST_DATABASES      "sqlite,postgresql", or "sqlite" where there is no PostgreSQL
    TEST_POSTGRES_URL   a superuser's address; each worker makes databases of its own there
    CHROMIUM            the browser's path; unset where there is none
    TEST_ALL            "1" with --all: the sweeps that take longer as well
"""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from types import FrameType

from script.support import environment, system, translations_files, verifiers
from script.support.terminal import ROOT, SetupError, run_script, say
from tests.postgres import ClusterError, temporary_cluster

WORKERS = "2"


def main() -> int:
    """Give pytest's exit code, or 1 when CI lacks what some tests need."""
    arguments = sys.argv[1:]
    settings = {**os.environ, **system.library_path()}
    if "--all" in arguments:
        arguments.remove("--all")
        settings["TEST_ALL"] = "1"
    # Tests start hundreds of processes; each would compile all of the code for itself.
    settings.pop("PYTHONDONTWRITEBYTECODE", None)
    environment.install("requirements-dev.lock")
    system.require_certificates_can_be_drawn()
    translations_files.compile_if_older()
    missing: list[str] = []
    with ExitStack() as stack:
        # TERM must unwind like Ctrl-C, or the cluster would outlive us.
        signal.signal(signal.SIGTERM, _interrupt)
        signal.signal(signal.SIGHUP, _interrupt)
        _add_chromium(settings, missing)
        if system.find_or_install_faketime() is None:
            missing.append("libfaketime")
        if not system.find_or_install_pdf_readers():
            missing.append("pdfsig, qpdf and zbarimg")
        if not verifiers.install():
            missing.append("verifiers of credentials under node")
        _add_postgresql(settings, missing, stack)
        if missing and os.environ.get("CI") == "true":
            raise SetupError(f"CI must run every test, and there is no {' and no '.join(missing)}.")
        # Not asked of CI: the journeys it drives skip with the reason, and Chromium's go the same way.
        has_webkit = system.find_or_install_webkit()
        code = _run_pytest(arguments, settings)
    for name in [*missing, *([] if has_webkit else ["WebKitGTK"])]:
        say(
            f"!!! NOT TESTED 未测试: everything that needs {name}; it could not be had (see above)."
        )
    return code


def _add_chromium(settings: dict[str, str], missing: list[str]) -> None:
    chromium = system.find_or_install_chromium()
    if chromium is None:
        settings.pop("CHROMIUM", None)
        missing.append("Chromium")
    else:
        settings["CHROMIUM"] = chromium


def _add_postgresql(settings: dict[str, str], missing: list[str], stack: ExitStack) -> None:
    settings["TEST_DATABASES"] = "sqlite"
    settings.pop("TEST_POSTGRES_URL", None)
    if system.find_or_install_postgresql() is None:
        missing.append("PostgreSQL")
        return
    try:
        settings["TEST_POSTGRES_URL"] = stack.enter_context(temporary_cluster())
    except ClusterError as failure:
        say(f"!!  {failure}")
        missing.append("PostgreSQL")
    else:
        settings["TEST_DATABASES"] = "sqlite,postgresql"


def _run_pytest(arguments: list[str], settings: dict[str, str]) -> int:
    command = [environment.PYTHON, "-m", "pytest"]
    if not any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments):
        # A file stays with one worker, so that what its tests share is made once; the order
        # that tests/conftest.py gives stays too.
        command += ["-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder"]
    say(f"==> Running the tests on {settings['TEST_DATABASES']} 正在运行测试…")
    process = subprocess.Popen([*command, *arguments], cwd=ROOT, env=settings)
    try:
        return process.wait()
    except KeyboardInterrupt:
        # From a terminal pytest has had the Ctrl-C too and is winding up; from `kill` it has not.
        if sys.stdin is None or not sys.stdin.isatty():
            process.send_signal(signal.SIGINT)
        _wait_or_kill(process)
        raise


def _wait_or_kill(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(20)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        process.wait()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    run_script(main)

"""Processes that live and die together.

It deliberately restarts nothing: in production that is the work of systemd or of a container.
"""

import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from script.support.terminal import ROOT, SetupError

GRACE_SECONDS = 25.0  # a little longer than gunicorn gives its own workers


class Children:
    """Named processes; when one ends, or we are told to stop, all end."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._told_to_stop = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_signal)

    @property
    def told_to_stop(self) -> bool:
        """Whether Ctrl-C or TERM has come."""
        return self._told_to_stop

    def start(self, name: str, command: Sequence[str | Path], environment: dict[str, str]) -> None:
        """Start one in a session of its own, so that Ctrl-C reaches it through us alone, once."""
        if setpriv := shutil.which("setpriv"):
            # Even where this script is killed, nothing keeps the port (Linux).
            command = [setpriv, "--pdeathsig", "TERM", *command]
        self._running[name] = subprocess.Popen(
            command, cwd=ROOT, env=environment, start_new_session=True
        )

    def raise_if_one_ended(self) -> None:
        """Raise SetupError with the name of the process that ended by itself."""
        for name, process in self._running.items():
            if process.poll() is not None and not self._told_to_stop:
                raise SetupError(f"{name} ended ({process.returncode}); the lines above say why.")

    def wait(self) -> None:
        """Return when told to stop; raise SetupError when one ends by itself."""
        while not self._told_to_stop:
            self.raise_if_one_ended()
            time.sleep(0.2)

    def stop(self) -> None:
        """End all: ask, wait, then force."""
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _note_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._told_to_stop = True

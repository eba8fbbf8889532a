"""Forked processes that live and die together.

It deliberately restarts nothing: in production that is the work of systemd or of a container.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.context import ForkProcess
from types import FrameType

from script.support.terminal import SetupError

GRACE_SECONDS = 25.0  # a little longer than gunicorn gives its own workers
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FORK = multiprocessing.get_context("fork")
PR_SET_PDEATHSIG = 1  # linux/prctl.h

Task = Callable[[list[str]], None]


class Children:
    """Named processes; when one ends, or we are told to stop, all end."""

    def __init__(self) -> None:
        self._running: dict[str, ForkProcess] = {}
        self._told_to_stop = False
        for number in SIGNALS:
            signal.signal(number, self._note_signal)

    @property
    def told_to_stop(self) -> bool:
        """Whether Ctrl-C or TERM has come."""
        return self._told_to_stop

    def start(self, name: str, task: Task, arguments: list[str]) -> None:
        """Fork a process that does the task."""
        process = FORK.Process(target=_live, args=(task, arguments, os.getpid()), name=name)
        process.start()
        self._running[name] = process

    def run(self, task: Task, arguments: list[str]) -> int:
        """Fork a process for a task that ends by itself, and give its exit code."""
        name = " ".join(arguments)
        self.start(name, task, arguments)
        process = self._running[name]
        while process.exitcode is None and not self._told_to_stop:
            process.join(0.2)
        if self._told_to_stop:
            raise KeyboardInterrupt
        del self._running[name]
        return process.exitcode or 0

    def raise_if_one_ended(self) -> None:
        """Raise SetupError with the name of the process that ended by itself."""
        for name, process in self._running.items():
            if process.exitcode is not None and not self._told_to_stop:
                raise SetupError(f"{name} ended ({process.exitcode}); the lines above say why.")

    def wait(self) -> None:
        """Return when told to stop; raise SetupError when one ends by itself."""
        while not self._told_to_stop:
            self.raise_if_one_ended()
            time.sleep(0.2)

    def stop(self) -> None:
        """End all: ask, wait, then force."""
        for process in self._running.values():
            process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self._running.values():
            process.join(max(0.1, deadline - time.monotonic()))
            if process.exitcode is None:
                process.kill()
                process.join()

    def _note_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._told_to_stop = True


def _live(task: Task, arguments: list[str], parent: int) -> None:
    """Do the task in the forked process."""
    # A session of its own, so that Ctrl-C reaches it through the parent alone, once.
    os.setsid()
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler if number == 2 else signal.SIG_DFL)
    if sys.platform == "linux":
        # Even where the parent is killed, nothing keeps the port.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit(1)
    task(arguments)

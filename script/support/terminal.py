"""How the scripts speak: what they are doing, and the one line with which they stop.

It deliberately does not log to files: a script is watched by the person who started it.
"""

import errno
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class SetupError(Exception):
    """Something is missing; the text is one line that says what, and what to do."""


def say(text: str) -> None:
    """Print one line now, also where the output is a pipe."""
    print(text, flush=True)


def run_script(main: Callable[[], int]) -> None:
    """Run a script's main and end the process with its result; never with a traceback for what
    a person can mend."""
    try:
        sys.exit(main())
    except SetupError as reason:
        sys.exit(f"✗ {reason}")
    except KeyboardInterrupt:
        sys.exit("\nStopped; run it again to go on. 已中断，可重新运行。")
    except OSError as error:
        sys.exit(f"✗ {explain(error)}")


def explain(error: OSError) -> str:
    """Put an error of the operating system into one sentence that says what to do."""
    name = error.filename or ROOT
    if error.errno == errno.ENOSPC:
        return no_space()
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"No right to write {name}: run as the user who owns this folder. 没有写入权限。"
    return f"{name}: {error.strerror or error}"


def no_space() -> str:
    """The sentence for a full disk, the same wherever it is noticed."""
    return f"The disk is full: free 1 GB where {ROOT} lies, then run this again. 磁盘空间不足。"

"""How gunicorn runs the application; read by gunicorn by itself from the project's folder.

Address, port and certificate come from the command line (script/server, or your own unit file).
It deliberately writes no access log: addresses and paths of candidates are personal data, and the
application logs what is needed without them.
"""

import gc
import os
import tempfile
from pathlib import Path
from typing import Any

# Threads, because a worker mostly waits for the database or a slow phone; two processes at least,
# so that one long PDF does not hold up an exam's answers.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or max(2, min(os.cpu_count() or 2, 8)))
threads = int(os.environ.get("WEB_THREADS") or 8)

# The application is loaded once and then forked: half the time to start and half the memory. The
# cost: new code needs a restart, a HUP does not load it.
preload_app = True

# A worker that hangs is replaced; one that is told to stop may finish its answer first.
timeout = 60
graceful_timeout = 20
# Phones come back within the polling interval of an exam (20 s) on the same connection.
keepalive = 25

# gunicorn's own sign of life must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else tempfile.gettempdir()  # noqa: S108
control_socket_disable = True

accesslog = None
errorlog = "-"
loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "warning")


# What a hall loads in one minute. Compiled before the fork, for ten candidates at a cold worker, also
# at one that follows a dead one, each wait for ten compilations.
HALL_PAGES = ("base", "components/", "exams/paper", "exams/waiting_room", "exams/receipt")


def when_ready(server: Any) -> None:
    """Compile an exam's pages once, before the first worker is forked, and set aside what stays."""
    pages = server.app.wsgi().jinja_env
    for name in pages.list_templates(["html"]):
        if name.startswith(HALL_PAGES):
            pages.get_template(name)
    # What is loaded now stays for good: looking through all of it for garbage, again and again,
    # takes a tenth of a second each time, and would give each worker a copy of its memory.
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """Forget database connections opened while loading: two processes must not share one."""
    application = server.app.wsgi()
    # A board's stream asks it whether this process is ending, and then ends too.
    application.extensions["worker"] = worker
    with application.app_context():
        for engine in application.extensions["sqlalchemy"].engines.values():
            engine.dispose(close=False)

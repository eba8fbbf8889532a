"""The application as a weak phone's browser meets it: IndexedDB throws, pages are never told to go.

A browser that cannot be given a script before a page loads gets it with the exam's own modules. The
line for answers is cut while a file named `line-cut` lies in DATA_DIR; pages still come.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from wsgi import app

WEAK = b"""
indexedDB.open = () => { throw new Error("blocked"); };
const listen = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (name, ...rest) {
  if (!["pagehide", "beforeunload", "unload"].includes(name)) listen.call(this, name, ...rest);
};
"""
MODULES = ("/js/exam/page.js", "/js/exam/waiting.js")
EXCHANGES = ("/answers", "/state")
CUT = Path(os.environ.get("DATA_DIR", ".")) / "line-cut"
served = app.wsgi_app


def hindered(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer a request, hindered."""
    path = environ["PATH_INFO"]
    if path.endswith(EXCHANGES) and CUT.exists():
        start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
        return [b""]
    if not path.endswith(MODULES):
        return served(environ, start_response)
    environ.pop("HTTP_ACCEPT_ENCODING", None)
    told: list[Any] = []
    body = b"".join(served(environ, lambda *answer: told.extend(answer)))
    kept = [one for one in told[1] if one[0].lower() not in {"content-length", "etag"}]
    start_response(told[0], [*kept, ("Content-Length", str(len(WEAK + body)))])
    return [WEAK + body]


app.wsgi_app = hindered

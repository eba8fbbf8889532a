"""How fast one device may send: far more than any hand, far less than a broken or hostile client can.

Each process counts by itself, in memory: what it keeps of a device is forgotten when others come. A
refusal takes nothing and loses nothing; the page keeps its answers and sends them again later.
"""

from __future__ import annotations

import threading
import time

from flask_babel import gettext as _

from app.errors import Refusal

AT_ONCE = 400.0
"""Deliveries that may follow each other without a pause: three times the changes of a sitting."""
A_SECOND = 10.0
MOST = 4000
"""Devices that a process counts; the one that came first goes first."""
Device = tuple[str, int]
"""An attempt and the epoch of its device."""

_left: dict[Device, tuple[float, float]] = {}  # device -> deliveries left, and when that was told
_counting = threading.Lock()


class TooFast(Refusal):
    """A device sends faster than anybody can answer."""

    status = 429
    retry_after = 5


def count(device: Device) -> None:
    """Count a delivery of a device. Raises TooFast."""
    now = time.monotonic()
    with _counting:
        left, at = _left.get(device, (AT_ONCE, now))
        left = min(AT_ONCE, left + (now - at) * A_SECOND)
        if device not in _left and len(_left) >= MOST:
            del _left[next(iter(_left))]
        if left >= 1:
            _left[device] = left - 1, now
            return
        _left[device] = left, now
    raise TooFast(_("这部设备发得太快，这一次没有收下。答案还在设备上，过几秒会再发，不用做什么。"))

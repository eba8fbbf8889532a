"""CPU time and memory of process trees, as the operating system counts them (Linux: /proc)."""

from __future__ import annotations

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def tree(root: int) -> set[int]:
    """Return a process and all that descend from it."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            found = _stat(int(folder.name))
            if found is not None:
                parents[int(folder.name)] = int(found[1])
    members, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in members} - members
        grown = bool(more)
        members |= more
    return members


def cpu_seconds(roots: list[int]) -> float:
    """Return user and system time of trees, of children that ended and were waited for too."""
    ticks = 0
    for pid in set().union(*(tree(root) for root in roots)) if roots else set():
        found = _stat(pid)
        if found is not None:
            ticks += sum(int(one) for one in found[11:15])
    return ticks / TICK


def memory_mb(roots: list[int]) -> float:
    """Return the proportional set size of trees: memory shared by n processes counts 1/n each."""
    kilobytes = 0
    for pid in set().union(*(tree(root) for root in roots)) if roots else set():
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
        except OSError:
            continue
        kilobytes += sum(int(r.split()[1]) for r in rollup.splitlines() if r.startswith("Pss:"))
    return kilobytes / 1024


def _stat(pid: int) -> list[str] | None:
    """Return the fields after the program's name: state, parent, …; None when it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()

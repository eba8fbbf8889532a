"""Oversight: the rules in force, the audit trail, and whether the machinery runs.

Everything here shows what other features wrote; it changes only dated settings and the state of
messages, jobs and clock alarms.
"""

from app.oversight.views import blueprint

__all__ = ["blueprint"]

"""How far people are with their practicum, against the dated rules, read for many at once.

Only what is signed counts. What is logged and unsigned is shown beside it: the two strands are level
when nothing is owed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from app import rulebook
from app.extensions import db
from app.models.practicum import PracticumVisit

COUNTED = ("ready", "signed")


@dataclass(frozen=True)
class Wanted:
    """What the rules of a day ask for."""

    required: bool
    minutes: int
    tasks: dict[str, int]

    @classmethod
    def of(cls, on: date) -> Wanted:
        """Read the rules in force on a day; a task wanted no time is left out."""
        tasks: dict[str, int] = rulebook.value("practicum.tasks", on)
        return cls(
            required=rulebook.value("practicum.required", on),
            minutes=rulebook.value("practicum.hours", on) * 60,
            tasks={code: count for code, count in tasks.items() if count > 0},
        )


@dataclass
class Progress:
    """What one enrolment has: signed, and waiting for a signature."""

    wanted: Wanted
    signed_minutes: int = 0
    waiting_minutes: int = 0
    signed_visits: int = 0
    waiting_visits: int = 0
    refused_visits: int = 0
    signed_tasks: Counter[str] = field(default_factory=Counter)
    waiting_tasks: Counter[str] = field(default_factory=Counter)

    @property
    def short_minutes(self) -> int:
        """Return how many signed minutes are missing."""
        return max(0, self.wanted.minutes - self.signed_minutes)

    @property
    def short_tasks(self) -> dict[str, int]:
        """Return how often each task is missing among the signed visits."""
        wanted = self.wanted.tasks.items()
        missing = {code: count - self.signed_tasks[code] for code, count in wanted}
        return {code: count for code, count in missing.items() if count > 0}

    @property
    def met(self) -> bool:
        """True when hours and tasks are all signed."""
        return not self.short_minutes and not self.short_tasks

    @property
    def units(self) -> tuple[int, int]:
        """Return what is met of what is asked: the hours are one, each kind of task is one."""
        asked = len(self.wanted.tasks) + (1 if self.wanted.minutes else 0)
        open_ones = len(self.short_tasks) + (1 if self.short_minutes else 0)
        return asked - open_ones, asked

    @property
    def light(self) -> str:
        """Return how it stands as a word: `met`, `under_way`, `none`."""
        if self.met:
            return "met"
        return "under_way" if self.signed_visits or self.waiting_visits else "none"


def of(enrolment_ids: Collection[str], on: date) -> dict[str, Progress]:
    """Return the progress of each enrolment, in one query and those of the rules."""
    wanted = Wanted.of(on)
    found: dict[str, Progress] = defaultdict(lambda: Progress(wanted))
    rows = db.session.execute(
        select(
            PracticumVisit.enrolment_id,
            PracticumVisit.state,
            PracticumVisit.minutes,
            PracticumVisit.tasks,
        ).where(
            PracticumVisit.enrolment_id.in_(enrolment_ids),
            PracticumVisit.state.in_((*COUNTED, "refused")),
        )
    )
    for enrolment_id, state, minutes, tasks in rows:
        one = found[enrolment_id]
        if state == "signed":
            one.signed_visits += 1
            one.signed_minutes += minutes
            one.signed_tasks.update(tasks)
        elif state == "ready":
            one.waiting_visits += 1
            one.waiting_minutes += minutes
            one.waiting_tasks.update(tasks)
        else:
            one.refused_visits += 1
    return {enrolment_id: found[enrolment_id] for enrolment_id in enrolment_ids}

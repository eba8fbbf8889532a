"""The sign-in sheet on paper, for when screens or phones fail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.clock import SHANGHAI
from app.extensions import outside_transaction
from app.formatting import mask_phone, show_date
from app.models.classes import TrainingRoom
from app.models.training import ClassMeeting, Enrolment, TrainingClass
from app.press import Press

PRESS = Press("app.training", marks_missing=True)


def sign_in_sheet(
    training_class: TrainingClass,
    meeting: ClassMeeting,
    people: Sequence[Enrolment],
    room: TrainingRoom | None,
    now: datetime,
) -> bytes:
    """Return the sheet of one half day as PDF. Raises NotPrinted."""
    facts: dict[str, Any] = {
        "title": training_class.title,
        "body": training_class.organisation.name,
        "half": meeting.title,
        "day": show_date(meeting.starts_at),
        "begins": f"{meeting.starts_at.astimezone(SHANGHAI):%H:%M}",
        "ends": f"{meeting.over_at.astimezone(SHANGHAI):%H:%M}",
        "room": " ".join(filter(None, (room.name, room.address))) if room else "",
        "lessons": meeting.lessons,
        "people": [
            {"name": one.user.name, "phone": mask_phone(one.user.phone), "street": one.subdistrict}
            for one in people
        ],
        "printed_at": f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    }
    outside_transaction()
    return PRESS.draw("sign_in", facts)

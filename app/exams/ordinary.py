"""The ordinary save: one change that is new and in time, of a device that this process knows.

One statement inserts it if the attempt still stands as it was read, and has committed when it
returns. It deliberately does nothing else: whatever is late, repeated, refused or comes with others
goes through `answers.record` on a locked row.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from app.direct import Direct
from app.exams import answers, known, sections
from app.exams.answers import JOURNAL, Delivered, Receipt
from app.exams.quick import ATTEMPT

IF_IT_STANDS = Direct(
    {
        name: insert(JOURNAL)
        .from_select(
            JOURNAL.c.keys(),
            select(*(bindparam(f"new_{one.name}", type_=one.type) for one in JOURNAL.c))
            .select_from(ATTEMPT)
            .where(known.STANDS)
            # Handing in waits for this row, or this statement for it, and then it stands no longer.
            .with_for_update(of=ATTEMPT, key_share=True),
        )
        .on_conflict_do_nothing()
        for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
    }
)


def record(device: known.Known, change: Delivered, now: datetime) -> Receipt | None:
    """Write the ordinary change, one that is new and in time, in one statement; it is durable then.

    None, and nothing was written, when it is anything else, or the attempt no longer stands as this
    process knows it: then `answers.record` looks at everything.
    """
    if not answers.counts(device.attempt, now) or sections.ended(device.attempt, change.slot, now):
        return None
    asks = known.asks(device, change.slot)
    if asks is None:
        return None
    row = answers.journal_row(
        device, change, {change.slot: answers.Asked(*asks)}, now, False, Receipt()
    )
    if row is None:
        return None
    values = device.standing() | {f"new_{name}": value for name, value in row.items()}
    return Receipt(stored=[change.sequence]) if IF_IT_STANDS.rows(values) == 1 else None

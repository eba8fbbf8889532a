"""The invigilator's pages: own duties, the board, acts on those ticked, one seat, the door, reports."""

from app.exams.views.room import acts, door, duties, live, reports, seat

__all__ = ["acts", "door", "duties", "live", "reports", "seat"]

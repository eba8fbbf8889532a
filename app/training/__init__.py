"""Classes (班): joining, timetable, attendance, practical sign-offs and assessment, by hand."""

from app.training import views
from app.training.pages import blueprint

__all__ = ["blueprint", "views"]

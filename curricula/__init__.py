"""What a course is: read from plain files, checked, rendered, and counted.

Pure Python: no web, no database, no clock. The public names are listed here.
"""

from curricula.body import characters_of
from curricula.completion import (
    Condition,
    ConditionState,
    Evidence,
    Progress,
    conditions,
    is_done,
    may_open,
    missing_prerequisites,
    next_lesson,
    progress,
)
from curricula.course import (
    CompletionRule,
    Course,
    Diagram,
    Figure,
    Heading,
    Lesson,
    Module,
    Objective,
    PolicyArea,
    Review,
    Source,
    Standard,
    Words,
    Writer,
)
from curricula.exchange import (
    UnknownBodyError,
    dump_course,
    dump_lesson,
    fingerprint,
    load_course_body,
    load_lesson,
)
from curricula.guides import Guide
from curricula.loader import CONTENT, LoadReport, course_folders, load_course
from curricula.problems import Problem
from curricula.render import RenderedLesson, RenderedSection, render_body, render_lesson
from curricula.station import Actor, Cue, Head, Item, Station

__all__ = [
    "CONTENT",
    "Actor",
    "CompletionRule",
    "Condition",
    "ConditionState",
    "Course",
    "Cue",
    "Diagram",
    "Evidence",
    "Figure",
    "Guide",
    "Head",
    "Heading",
    "Item",
    "Lesson",
    "LoadReport",
    "Module",
    "Objective",
    "PolicyArea",
    "Problem",
    "Progress",
    "RenderedLesson",
    "RenderedSection",
    "Review",
    "Source",
    "Standard",
    "Station",
    "UnknownBodyError",
    "Words",
    "Writer",
    "characters_of",
    "conditions",
    "course_folders",
    "dump_course",
    "dump_lesson",
    "fingerprint",
    "is_done",
    "load_course",
    "load_course_body",
    "load_lesson",
    "may_open",
    "missing_prerequisites",
    "next_lesson",
    "progress",
    "render_body",
    "render_lesson",
]

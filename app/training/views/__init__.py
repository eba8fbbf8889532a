"""The pages of training, by who uses them."""

from app.training.views import (
    assessing,
    calendar,
    classes,
    enrolling,
    importing,
    joining,
    leaving,
    mine,
    people,
    planning,
    presence,
    recording,
    roll,
    signing,
)

__all__ = [
    "assessing",
    "calendar",
    "classes",
    "enrolling",
    "importing",
    "joining",
    "leaving",
    "mine",
    "people",
    "planning",
    "presence",
    "recording",
    "roll",
    "signing",
]

"""The pages of learning, by what people do there."""

from app.learning.views import (
    counting,
    drilling,
    editing,
    lessons,
    looking_up,
    offline,
    practice,
    teaching,
)

__all__ = [
    "counting",
    "drilling",
    "editing",
    "lessons",
    "looking_up",
    "offline",
    "practice",
    "teaching",
]

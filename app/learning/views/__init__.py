"""The pages of learning, by what people do there."""

from app.learning.views import counting, lessons, practice

__all__ = ["counting", "lessons", "practice"]

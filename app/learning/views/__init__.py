"""The pages of learning, by what people do there."""

from app.learning.views import counting, drilling, lessons, practice

__all__ = ["counting", "drilling", "lessons", "practice"]

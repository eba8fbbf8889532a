"""The pages of learning, by what people do there."""

from app.learning.views import counting, drilling, lessons, looking_up, offline, practice

__all__ = ["counting", "drilling", "lessons", "looking_up", "offline", "practice"]

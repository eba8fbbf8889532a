"""The pages of training, by who uses them."""

from app.training.views import assessing, classes, joining, mine, recording

__all__ = ["assessing", "classes", "joining", "mine", "recording"]

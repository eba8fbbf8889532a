"""The pages of the practicum, by who uses them."""

from app.practicum.views import classes, mine, places, signing, time_bank, visit

__all__ = ["classes", "mine", "places", "signing", "time_bank", "visit"]

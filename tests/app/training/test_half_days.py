"""The half-days of a timetable are named in the language of the reader."""

from __future__ import annotations

from flask import Flask
from flask_babel import force_locale

from app.training.half_days import show_half_day


def test_a_made_name_follows_the_language(app: Flask) -> None:
    with app.test_request_context():
        with force_locale("zh"):
            assert show_half_day("第3天下午") == "第3天下午"
        with force_locale("en"):
            assert show_half_day("第3天下午") == "Day 3, afternoon"
            assert show_half_day("第1天上午") == "Day 1, morning"


def test_a_name_somebody_wrote_is_left_alone(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert show_half_day("补课：第1天上午") == "补课：第1天上午"

"""Stored phrases and lists read right in both languages."""

from __future__ import annotations

from flask import Flask
from flask_babel import force_locale

from app.formatting import PHRASES, show_list, show_phrase


def test_every_stored_phrase_has_english(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert [text for text in PHRASES if show_phrase(text) == text] == []


def test_what_people_write_is_shown_as_it_is(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert show_phrase("沪民养老发〔2025〕2号 100%") == "沪民养老发〔2025〕2号 100%"


def test_a_list_is_joined_as_its_language_does(app: Flask) -> None:
    with app.test_request_context():
        with force_locale("zh"):
            assert show_list(["甲", 2]) == "甲、2"
        with force_locale("en"):
            assert show_list(["a", 2]) == "a, 2"

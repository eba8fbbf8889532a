"""Tests of the practicum log."""

"""Tests of completion lists."""

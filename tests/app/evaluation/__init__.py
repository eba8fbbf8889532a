"""Tests of course evaluation."""

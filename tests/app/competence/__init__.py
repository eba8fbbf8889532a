"""Tests of conflicts of interest and competence files."""

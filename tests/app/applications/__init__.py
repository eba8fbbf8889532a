"""Tests of applications, public notices and objections."""

"""Demonstration data: invented people and bodies, one account per role, one exam that can be sat.

Loaded only where `Settings.demo` is on. Everything is made by the verbs that real use goes through,
so that a demonstration shows nothing the product cannot do; approvals it gives are marked as such
and count nowhere else.
"""

from app.demo.accounts import ACCOUNTS, PASSWORD
from app.demo.loading import load_demo

__all__ = ["ACCOUNTS", "PASSWORD", "load_demo"]

"""Certificates issued before this system: brought in from a sheet, marked as such, checked like ours.

There is no file and no signature of ours behind them; the register vouches for their line alone.
"""

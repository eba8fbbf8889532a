"""Certificates issued before this system: brought in from a sheet, marked as such, checked like ours.

There is no file and no signature of ours behind them; the register vouches for their line alone. A
sheet is tried first, and brought in whole or not at all. Nothing is imported here, so that the check
can look earlier certificates up from below the pages of this package.
"""

"""What a certificate says, and why to trust it: numbers, verdicts, QR codes and the drawn page.

Pure: no web, no database, no clock of its own. Whoever calls brings the facts and the time.
"""

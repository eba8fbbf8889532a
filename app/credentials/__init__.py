"""Signed credentials of certificates: made at issue, taken away by their holders, checked by anyone.

What is signed and how is `certificates.credential`; here are the rows, the keys' files and the
addresses at which our name, our lists and what we attest are published. Nothing is imported here,
so that issuing can make a credential from below these pages.
"""

"""Complaints about holders of certificates: filed by anybody, handled as numbered cases.

Filed from the check page by phone without an account; kept out of robots' reach without a puzzle that
would keep old people out. A case has deadlines, a timeline, an answer and an outcome; it may lead to a
suspension through `app/register`. Deciding on a certificate is not done here.
"""

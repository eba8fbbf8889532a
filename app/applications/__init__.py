"""Before the decision: applications on a clock, the public notice, and objections to it.

Deciding and issuing are `app/awards`, which asks `noticing.holds` here. Nothing is imported here, so
that it can be asked from below these pages.
"""

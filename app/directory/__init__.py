"""The public directory of institutions, who of theirs may be found in it, and the holder's own page.

How many practitioners an institution has is counted from certificates that are valid today. People
are listed under their institution only with their consent, one character of the name hidden, status
alone; nothing here leads from a name to a number.
"""

from app.directory.views import blueprint, public_blueprint

__all__ = ["blueprint", "public_blueprint"]

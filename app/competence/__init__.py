"""Who is fit and free to act: conflicts of interest people declare, and competence files of staff.

What a declaration stops is asked in `app/training/declared.py`, far below; here are its pages.
"""

from app.competence.views import blueprint

__all__ = ["blueprint"]

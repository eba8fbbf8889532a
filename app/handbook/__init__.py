"""The course as a whole and as printed matter.

Guides for trainees, sheets of the practical stations for examiners, the three documents of the
scheme; and the commands that say whether the content is complete and what a new standard touches.
Everything comes from the content files; no table belongs to this feature.
"""

from app.press import Press

PRESS = Press(__name__, keeps=True)

"""What is printed around a sitting (准考证, lists, records): facts read, then drawn as one PDF.

Printed pages are Chinese and always black on white. The rows are read first; drawing holds no
transaction. The exam papers themselves are not printed here.
"""

from app.press import Press

PRESS = Press(__name__, marks_missing=True)

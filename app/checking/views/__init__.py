"""Views of the public check, and beside it the pages of those who hold and those who answer."""

from app.checking import duties
from app.checking.views import by_address, by_code, by_file, by_number, holder, present, report
from app.checking.views.blueprint import blueprint
from app.checking.views.holder import blueprint as signed_in_blueprint

__all__ = [
    "blueprint",
    "by_address",
    "by_code",
    "by_file",
    "by_number",
    "duties",
    "holder",
    "present",
    "report",
    "signed_in_blueprint",
]

"""Grades of impact and urgency, as plans read and write them."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GRADES: Final = ("1", "2", "3")
GRADE_NAMES: Final[Mapping[str, str | Promise]] = {"1": _("High"), "2": _("Medium"), "3": _("Low")}


def grade_name(grade: int | str) -> str:
    """Return a grade in words, in the reader's language."""
    return str(GRADE_NAMES[str(int(grade))])

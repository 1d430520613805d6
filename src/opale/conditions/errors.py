"""Messages about invalid conditions, in the reader's language."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.conditions.tokens import MAX_LENGTH, InvalidCondition

SENTENCES: Final = {
    "empty": gettext_lazy("Write a condition."),
    "long": gettext_lazy("Conditions are limited to %(most)s characters."),
    "unknown": gettext_lazy("“%(what)s” is not allowed here."),
    "equals": gettext_lazy("Use == to compare."),
    "sums": gettext_lazy("“%(what)s”: conditions cannot do arithmetic."),
    "word": gettext_lazy("Write %(what)s here."),
    "variable": gettext_lazy("“%(what)s” is unknown. Put text in quotes."),
    "function": gettext_lazy("The function %(what)s() does not exist."),
    "field": gettext_lazy("Only labels take a name after a dot, as in labels.host."),
    "nested": gettext_lazy("Loops over labels cannot be nested."),
    "pattern_written": gettext_lazy("The pattern of matches() must be a text in quotes."),
    "pattern": gettext_lazy("%(what)s is not a valid regular expression, or is too large."),
    "duration": gettext_lazy('Write durations as duration("5m").'),
    "moment": gettext_lazy('Write moments as timestamp("2027-01-31T08:00:00Z").'),
    "deep": gettext_lazy("Too many nested brackets."),
    "bracket": gettext_lazy("A bracket is not closed."),
    "end": gettext_lazy("The condition is incomplete."),
    "syntax": gettext_lazy("“%(what)s” is not expected here."),
    "kinds": gettext_lazy("These types cannot be compared, such as a number and a text."),
    "yes_or_no": gettext_lazy("The condition must be true or false."),
}
WITHOUT_COLUMN: Final = frozenset({"empty", "long", "kinds", "yes_or_no"})


def condition_error(error: InvalidCondition) -> str:
    """Return one sentence about the error, with the column where that helps."""
    said = str(SENTENCES[error.code]) % {"what": error.what, "most": MAX_LENGTH}
    if error.code in WITHOUT_COLUMN:
        return said
    return _("Column %(column)s: %(said)s") % {"column": error.column, "said": said}

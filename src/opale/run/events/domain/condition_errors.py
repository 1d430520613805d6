"""Messages about invalid conditions, in the reader's language."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.run.events.domain.cel_subset import MAX_LENGTH, InvalidCondition

SENTENCES: Final = {
    "empty": gettext_lazy("Say what has to be so."),
    "long": gettext_lazy("A condition has at most %(most)s characters."),
    "unknown": gettext_lazy("“%(what)s” has no meaning here."),
    "equals": gettext_lazy("Two equal signs compare: ==."),
    "sums": gettext_lazy("“%(what)s”: a condition compares, it does not calculate."),
    "word": gettext_lazy("Here one writes %(what)s."),
    "variable": gettext_lazy("“%(what)s” is unknown: a text stands in quotes."),
    "function": gettext_lazy("There is no %(what)s()."),
    "field": gettext_lazy("Only labels have a name after a dot, as in labels.host."),
    "nested": gettext_lazy("A look through all labels does not hold another one."),
    "pattern_written": gettext_lazy("The pattern of matches() is written out, in quotes."),
    "pattern": gettext_lazy("%(what)s is no regular expression, or too large a one."),
    "duration": gettext_lazy('A duration is written as in duration("5m").'),
    "deep": gettext_lazy("Too many brackets are open at once."),
    "bracket": gettext_lazy("A bracket is not closed."),
    "end": gettext_lazy("Something is missing at the end."),
    "syntax": gettext_lazy("“%(what)s” is not expected here."),
    "kinds": gettext_lazy("It compares what cannot be compared, such as a number with a text."),
    "yes_or_no": gettext_lazy("It has to come to yes or no."),
}
WITHOUT_COLUMN: Final = frozenset({"empty", "long", "kinds", "yes_or_no"})


def condition_error(error: InvalidCondition) -> str:
    """Return one sentence about the error, with the column where that helps."""
    said = str(SENTENCES[error.code]) % {"what": error.what, "most": MAX_LENGTH}
    if error.code in WITHOUT_COLUMN:
        return said
    return _("Column %(column)s: %(said)s") % {"column": error.column, "said": said}

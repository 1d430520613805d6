"""Limits of texts: of one that somebody sends, and of what a page shows of one."""

from typing import Final

from django.utils.translation import gettext as _

from opale.kernel.errors import Invalid

LONGEST_TEXT: Final = 100_000
"""Characters of a text that somebody types or a program sends; a mail may be longer."""
LONGEST_VALUE: Final = 1_000_000
"""Characters of any text in a body of the API, whatever is said of its field."""
SHOWN_TEXT: Final = 10_000
"""Characters of one text that a page shows; the whole is a link away."""


def refuse_long(**texts: str) -> None:
    """Check texts by the names of their fields. Errors: Invalid (longer than LONGEST_TEXT)."""
    long = {name: _("This text is too long.") for name in texts if len(texts[name]) > LONGEST_TEXT}
    if long:
        raise Invalid(**long)

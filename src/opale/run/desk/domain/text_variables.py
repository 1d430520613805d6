"""Variables of texts: their names, the ones a text uses, and the text filled with values.

A variable is written `{{ contact }}`. One without a value stays as written, where the author sees
it; such a text is never sent.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Kind = Literal["text", "name", "moment", "number"]
TOKEN = re.compile(r"\{\{\s*(\w+)\s*\}\}")
PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of texts. `kind` is its type: a moment is formatted in the reader's language and
    zone."""

    name: str
    label: str | Promise
    kind: Kind = "text"


VARIABLES: tuple[Variable, ...] = (
    Variable("number", _("Ticket number"), "number"),
    Variable("subject", _("Ticket subject")),
    Variable("contact", _("Requester's name"), "name"),
    Variable("customer", _("Customer name"), "name"),
    Variable("service", _("Service name"), "name"),
    Variable("item", _("Item name"), "name"),
    Variable("priority", _("Priority"), "number"),
    Variable("received", _("Received at"), "moment"),
    Variable("wanted", _("Requested date"), "moment"),
    Variable("restore_due", _("Restore due at"), "moment"),
    Variable("down_since", _("Down from"), "moment"),
    Variable("restored", _("Restored at"), "moment"),
    Variable("next_update", _("Next update promised for"), "moment"),
    Variable("sentence", _("Approved message of the incident")),
    Variable("owner", _("Owner's name"), "name"),
    Variable("agent", _("Author's name"), "name"),
    Variable("reference", _("Supplier or partner reference")),
    Variable("cause", _("Cause")),
)
VARIABLES_BY_NAME: Mapping[str, Variable] = {variable.name: variable for variable in VARIABLES}


@dataclass(frozen=True, slots=True)
class FilledText:
    """A text with its values; `missing` are the variables without a value."""

    text: str
    missing: tuple[Variable, ...] = ()


def variable_names_in(text: str) -> list[str]:
    """Return the variable names used in a text, each once, in order; known or not."""
    return list(dict.fromkeys(TOKEN.findall(text)))


def unknown_variables_in(text: str, known: Mapping[str, Variable] = VARIABLES_BY_NAME) -> list[str]:
    return [name for name in variable_names_in(text) if name not in known]


def unfilled_variables_in(text: str) -> list[Variable]:
    """Return the variables left in a text, as they are written."""
    return [
        VARIABLES_BY_NAME[name] for name in variable_names_in(text) if name in VARIABLES_BY_NAME
    ]


def fill_variables(
    text: str, value_of: Callable[[str], str], known: Mapping[str, Variable] = VARIABLES_BY_NAME
) -> FilledText:
    """Replace each known variable; one without a value stays and is listed as missing."""
    values = {name: value_of(name) for name in variable_names_in(text) if name in known}

    def replaced(match: re.Match[str]) -> str:
        return values.get(match[1]) or match[0]

    missing = tuple(known[name] for name, value in values.items() if not value)
    return FilledText(TOKEN.sub(replaced, text), missing)


def fill_without_gaps(
    text: str, value_of: Callable[[str], str], known: Mapping[str, Variable]
) -> str:
    """Fill a text that is sent without review, so that no sentence has a gap.

    Lines that use a variable without a value are dropped, and a heading with nothing left below it
    too.
    """
    kept = (_paragraph(one, value_of, known) for one in PARAGRAPHS.split(text.strip()))
    return "\n\n".join(one for one in kept if one)


def _paragraph(text: str, value_of: Callable[[str], str], known: Mapping[str, Variable]) -> str:
    lines = [(line, fill_variables(line, value_of, known)) for line in text.splitlines()]
    whole = [found.text for _line, found in lines if not found.missing]
    while len(whole) < len(lines) and whole and whole[-1].rstrip().endswith(":"):
        whole.pop()
    return "\n".join(whole)

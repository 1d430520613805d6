"""Occasions on which the desk sends mail, with the texts that Opale ships for them.

A shipped text is `mail_texts/<occasion>.<language>.txt`: the subject, an empty line, the body. The
number of the ticket precedes the subject of every mail, whatever the text says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opale.run.desk.domain.text_variables import VARIABLES_BY_NAME, Variable

FOLDER = Path(__file__).parent / "mail_texts"

TEXT = Variable("text", _("What is said on this occasion"))
RECIPIENT = Variable("recipient", _("Name of whoever is written to"), "name")


@dataclass(frozen=True, slots=True)
class Occasion:
    """An occasion for a mail. `automatic`: no person wrote it, and no program is to answer. `own`
    are variables that have a value on this occasion alone. `answer`: a direct answer to its reader,
    always sent."""

    name: str
    label: str | Promise
    help: str | Promise
    automatic: bool = False
    answer: bool = True
    own: tuple[Variable, ...] = (TEXT,)

    @property
    def known(self) -> Mapping[str, Variable]:
        return {**VARIABLES_BY_NAME, **{variable.name: variable for variable in self.own}}


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """A subject and a body with variables."""

    subject: str
    body: str


OCCASIONS: tuple[Occasion, ...] = (
    Occasion("reply", _("Reply"), _("Somebody at the desk writes to whoever asked.")),
    Occasion(
        "acknowledgement",
        _("Acknowledgement"),
        _("A first mail came in, and a ticket was made of it."),
        automatic=True,
        own=(),
    ),
    Occasion(
        "recorded",
        _("Request recorded"),
        _("A request waits for somebody's approval: whoever asked is told who was asked."),
        automatic=True,
    ),
    Occasion("refusal", _("Request refused"), _("A request is not carried out, and why.")),
    Occasion(
        "approval",
        _("Approval asked"),
        _("Whoever has the authority is asked for a word."),
        automatic=True,
        own=(
            Variable("text", _("What was filled in")),
            RECIPIENT,
            Variable("asker", _("Name of whoever asked"), "name"),
            Variable("authority", _("Authority that it takes")),
            Variable("request", _("Name of the request")),
        ),
    ),
    Occasion(
        "supplier",
        _("Supplier asked"),
        _("Work is asked of a supplier, or written about with it."),
        own=(
            TEXT,
            Variable("tried", _("What was tried before")),
            Variable("their_reference", _("Number of the supplier"), "number"),
        ),
    ),
    Occasion(
        "restored",
        _("Service restored"),
        _("The service works again: whoever chose so is told, once."),
        automatic=True,
        own=(),
    ),
    Occasion(
        "closed",
        _("Ticket closed"),
        _("The ticket is closed: whoever chose so is told."),
        automatic=True,
        own=(),
    ),
    Occasion(
        "update_due",
        _("Promised update falls due"),
        _("An update was promised for now and nothing was written: whoever chose so is told."),
        automatic=True,
        own=(Variable("due", _("When the update was due"), "moment"),),
    ),
)
OCCASIONS_BY_NAME: Mapping[str, Occasion] = {occasion.name: occasion for occasion in OCCASIONS}


@cache
def shipped_template(occasion: str, language: str) -> MailTemplate:
    """Return the text that Opale ships; English where the language has none."""
    wanted = FOLDER / f"{occasion}.{language}.txt"
    found = wanted if wanted.exists() else FOLDER / f"{occasion}.en.txt"
    subject, _empty, body = found.read_text(encoding="utf-8").partition("\n\n")
    return MailTemplate(subject.strip(), body.strip())

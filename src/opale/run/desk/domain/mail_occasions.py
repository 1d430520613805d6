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

TEXT = Variable("text", _("Text for this occasion"))
RECIPIENT = Variable("recipient", _("Recipient's name"), "name")


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
    Occasion("reply", _("Reply"), _("An agent writes to the requester.")),
    Occasion(
        "acknowledgement",
        _("Acknowledgement"),
        _("The first mail of a new ticket was received."),
        automatic=True,
        own=(),
    ),
    Occasion(
        "recorded",
        _("Request recorded"),
        _("A request needs approval: the requester is told who has been asked."),
        automatic=True,
    ),
    Occasion("refusal", _("Request refused"), _("A request is refused, with the reason.")),
    Occasion(
        "approval",
        _("Approval requested"),
        _("A contact with the authority is asked to approve."),
        automatic=True,
        own=(
            Variable("text", _("Form content")),
            RECIPIENT,
            Variable("asker", _("Requester's name"), "name"),
            Variable("authority", _("Required authority")),
            Variable("request", _("Request name")),
        ),
    ),
    Occasion(
        "supplier",
        _("Supplier request"),
        _("An escalation to a supplier is sent or followed up."),
        own=(
            TEXT,
            Variable("tried", _("Checks already done")),
            Variable("their_reference", _("Supplier reference"), "number"),
        ),
    ),
    Occasion(
        "restored",
        _("Service restored"),
        _("The service is restored: sent once, unless the contact opted out."),
        automatic=True,
        own=(),
    ),
    Occasion(
        "resolved",
        _("Ticket resolved"),
        _("Offered where an agent resolves a ticket and no restoration is told."),
        own=(),
    ),
    Occasion(
        "closed",
        _("Ticket closed"),
        _("The ticket is closed: sent unless the contact opted out."),
        automatic=True,
        own=(),
    ),
    Occasion(
        "update_due",
        _("Promised update due"),
        _("A promised update is due, nothing has been sent and the work goes on."),
        automatic=True,
        own=(Variable("due", _("Update due at"), "moment"),),
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

"""Why a mail became what it did, in one sentence: whoever reads it translates it."""

from django.utils.translation import gettext_noop

from opale.run.desk.incoming.deciding import Who
from opale.run.desk.incoming.evidence import Finding

SAID = {
    "again": gettext_noop("This mail was taken in before."),
    "own": gettext_noop("It is Opale’s own mail, come back."),
    "machine": gettext_noop("An answering machine wrote, on no ticket."),
    "returned": gettext_noop("A mail of this ticket came back: it is said beside that mail."),
    "noted": gettext_noop("An answering machine wrote: it is noted on the ticket that it answers."),
    "fast": gettext_noop("Mail of this address comes too fast: it is kept, and wakes nobody."),
    "flood": gettext_noop(
        "Mail of this address comes too fast: it is kept on the last ticket that it opened."
    ),
    "participant": gettext_noop("The sender is new here: the owner says whether that is right."),
    "new": gettext_noop("Nothing in it names a ticket."),
    "late": gettext_noop("The ticket that it answers ended long ago: this is a new one, linked."),
    "forged": gettext_noop("The sender is forged: the mail joins no ticket."),
    "number": gettext_noop(
        "Only a number in the subject names the ticket, and anybody can write it."
    ),
    "confidential": gettext_noop("The ticket is confidential, and the sender has no part in it."),
    "stranger": gettext_noop("The sender has no part in the ticket that it names."),
    "unproven": gettext_noop("Nobody has proven who the sender is."),
}
_BY_CLUE = {
    "token": gettext_noop("It was sent to the address of this ticket."),
    "answered": gettext_noop("It answers a mail of this ticket."),
    "earlier": gettext_noop("It belongs to a thread of this ticket."),
    "partner": gettext_noop("The sender’s number of this ticket stands in the subject."),
    "number": gettext_noop("The number of this ticket stands in the subject."),
}


def why_here(finding: Finding) -> str:
    heaviest = max(finding.speaking, key=lambda clue: clue.weight)
    return _BY_CLUE[heaviest.kind]


def why_not(finding: Finding, proof: str, who: Who | None) -> str:
    if proof == "forged":
        return SAID["forged"]
    if not finding.is_strong:
        return SAID["number"]
    if who in ("contact", "outsider"):
        return SAID["confidential"]
    if who in ("domain", "waiting") and proof == "unproven":
        return SAID["unproven"]
    return SAID["confidential" if who in ("domain", "waiting") else "stranger"]

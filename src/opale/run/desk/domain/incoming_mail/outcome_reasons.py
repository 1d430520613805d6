"""Reasons for the outcome of a mail, one sentence each; translated when shown."""

from django.utils.translation import gettext_noop

from opale.run.desk.domain.incoming_mail.admission import SenderRole
from opale.run.desk.domain.incoming_mail.ticket_match import TicketMatch

OUTCOME_SENTENCES = {
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


def explain_match(finding: TicketMatch) -> str:
    heaviest = max(finding.speaking, key=lambda clue: clue.weight)
    return _BY_CLUE[heaviest.kind]


def explain_refusal(finding: TicketMatch, proof: str, who: SenderRole | None) -> str:
    if proof == "forged":
        return OUTCOME_SENTENCES["forged"]
    if not finding.is_strong:
        return OUTCOME_SENTENCES["number"]
    if who in ("contact", "outsider"):
        return OUTCOME_SENTENCES["confidential"]
    if who in ("domain", "waiting") and proof == "unproven":
        return OUTCOME_SENTENCES["unproven"]
    return OUTCOME_SENTENCES["confidential" if who in ("domain", "waiting") else "stranger"]

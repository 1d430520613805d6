"""Reasons for the outcome of a mail, one sentence each; translated when shown."""

from django.utils.translation import gettext_noop

from opale.run.desk.domain.incoming_mail.admission import SenderRole
from opale.run.desk.domain.incoming_mail.ticket_match import TicketMatch

OUTCOME_SENTENCES = {
    "again": gettext_noop("Duplicate: this mail was already received."),
    "own": gettext_noop("Our own mail came back."),
    "machine": gettext_noop("Automatic reply without a ticket."),
    "returned": gettext_noop("A mail from this ticket bounced; the error is shown with that mail."),
    "noted": gettext_noop("Automatic reply, added to its ticket as a note."),
    "fast": gettext_noop("Too much mail from this address: kept without a notification."),
    "flood": gettext_noop("Too much mail from this address: kept on the last ticket it opened."),
    "participant": gettext_noop("New sender on this ticket: the owner decides whether to accept."),
    "new": gettext_noop("No ticket reference found."),
    "late": gettext_noop("Replies to a ticket closed long ago: opened a new ticket linked to it."),
    "forged": gettext_noop("Forged sender: not added to the ticket."),
    "number": gettext_noop("Only the subject names the ticket, which anyone can write."),
    "confidential": gettext_noop("The ticket is confidential and the sender is not a participant."),
    "stranger": gettext_noop("The sender is not a participant in the ticket it names."),
    "unproven": gettext_noop("Sender not verified."),
}
_BY_CLUE = {
    "token": gettext_noop("Sent to the address of this ticket."),
    "answered": gettext_noop("Reply to a mail of this ticket."),
    "earlier": gettext_noop("Part of a thread of this ticket."),
    "partner": gettext_noop("The sender’s own reference for this ticket is in the subject."),
    "number": gettext_noop("The number of this ticket is in the subject."),
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

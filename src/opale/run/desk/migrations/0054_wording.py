from typing import Any

from django.db import migrations
from django.db.models import Case, Value, When

from opale.kernel.actor import system
from opale.kernel.attribution import attributed

REASONS = {
    "No team is the service desk yet. Make one: the mail waits until then.": (
        "No team is set as the service desk. Create one: mail is kept until then."
    ),
    "This mail was taken in before.": "Duplicate: this mail was already received.",
    "It is Opale’s own mail, come back.": "Our own mail came back.",
    "An answering machine wrote, on no ticket.": "Automatic reply without a ticket.",
    "A mail of this ticket came back: it is said beside that mail.": (
        "A mail from this ticket bounced; the error is shown with that mail."
    ),
    "An answering machine wrote: it is noted on the ticket that it answers.": (
        "Automatic reply, added to its ticket as a note."
    ),
    "Mail of this address comes too fast: it is kept, and wakes nobody.": (
        "Too much mail from this address: kept without a notification."
    ),
    "Mail of this address comes too fast: it is kept on the last ticket that it opened.": (
        "Too much mail from this address: kept on the last ticket it opened."
    ),
    "The sender is new here: the owner says whether that is right.": (
        "New sender on this ticket: the owner decides whether to accept."
    ),
    "Nothing in it names a ticket.": "No ticket reference found.",
    "The ticket that it answers ended long ago: this is a new one, linked.": (
        "Replies to a ticket closed long ago: opened a new ticket linked to it."
    ),
    "The sender is forged: the mail joins no ticket.": "Forged sender: not added to the ticket.",
    "Only a number in the subject names the ticket, and anybody can write it.": (
        "Only the subject names the ticket, which anyone can write."
    ),
    "The ticket is confidential, and the sender has no part in it.": (
        "The ticket is confidential and the sender is not a participant."
    ),
    "The sender has no part in the ticket that it names.": (
        "The sender is not a participant in the ticket it names."
    ),
    "Nobody has proven who the sender is.": "Sender not verified.",
    "It was sent to the address of this ticket.": "Sent to the address of this ticket.",
    "It answers a mail of this ticket.": "Reply to a mail of this ticket.",
    "It belongs to a thread of this ticket.": "Part of a thread of this ticket.",
    "The sender’s number of this ticket stands in the subject.": (
        "The sender’s own reference for this ticket is in the subject."
    ),
    "The number of this ticket stands in the subject.": (
        "The number of this ticket is in the subject."
    ),
}


def reword_reasons(apps: Any, schema_editor: Any) -> None:
    """Store the present sentence of each reason: pages translate what is stored."""
    rows = (
        apps.get_model("messaging", "IncomingMail").objects,
        apps.get_model("desk", "ProposedLink").objects,
    )
    present = [When(reason=before, then=Value(now)) for before, now in REASONS.items()]
    with attributed(system("upgrade")):
        for objects in rows:
            objects.filter(reason__in=list(REASONS)).update(reason=Case(*present))


class Migration(migrations.Migration):
    """Reasons of mails in the words of the trade."""

    dependencies = [("desk", "0053_merged_rows_by_table"), ("messaging", "0012_provider_names")]

    operations = [
        migrations.RunPython(reword_reasons, migrations.RunPython.noop, elidable=True),
    ]

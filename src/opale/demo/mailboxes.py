"""Mailboxes of the demo company; mail is handed over by LMTP."""

from opale.demo.names import DOMAIN
from opale.messaging.models import Mailbox
from opale.messaging.states import MailboxSource

# local part, name, language
MAILBOXES = (
    ("support", "Vélorane – assistance", "fr"),
    ("noc", "Vélorane – network operations", "en"),
)


def create_mailboxes() -> str:
    """Create the mailboxes, and return the address of the first one, for trying it out."""
    made = [
        Mailbox.objects.create(
            address=f"{local}@{DOMAIN}",
            name=name,
            language=language,
            source=MailboxSource.LISTENER,
        )
        for local, name, language in MAILBOXES
    ]
    return made[0].address

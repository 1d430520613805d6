"""The addresses at which the demo company takes mail, handed over by LMTP."""

from opale.demo.names import DOMAIN
from opale.messaging.models import Mailbox
from opale.messaging.states import MailboxSource

# local part, name, language
MAILBOXES = (
    ("support", "Vélorane – assistance", "fr"),
    ("noc", "Vélorane – network operations", "en"),
)


def create_mailboxes() -> str:
    """The address of the first: what one writes to when trying it."""
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

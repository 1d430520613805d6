"""Storing of a refresh token that a provider gives in place of the used one."""

from opale.kernel import encryption
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.messaging.listeners.batch_writer import fresh_connection
from opale.messaging.listeners.imap_accounts import PURPOSE
from opale.messaging.models import Mailbox

RENEWER = system("mailbox-tokens")


def replace_refresh_token(mailbox_id: int, used: str, token: str) -> None:
    """Replace the encrypted token that was `used`; one that was entered meanwhile stays."""
    with fresh_connection(), attributed(RENEWER):
        Mailbox.objects.filter(pk=mailbox_id, refresh_token=used).update(
            refresh_token=encryption.encrypt(token, purpose=PURPOSE)
        )

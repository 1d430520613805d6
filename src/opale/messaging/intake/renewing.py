"""Keeping the refresh token that a provider gives in place of the one that was used."""

from opale.kernel import sealing
from opale.kernel.acting import acting
from opale.kernel.actor import system
from opale.messaging.intake.accounts import PURPOSE
from opale.messaging.intake.keeping import fresh_connection
from opale.messaging.models import Mailbox

RENEWER = system("mailbox-tokens")


def keep_refresh_token(mailbox_id: int, used: str, token: str) -> None:
    """Replace the sealed token that was `used`; one that somebody entered meanwhile stays."""
    with fresh_connection(), acting(RENEWER):
        Mailbox.objects.filter(pk=mailbox_id, refresh_token=used).update(
            refresh_token=sealing.seal(token, purpose=PURPOSE)
        )

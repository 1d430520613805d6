"""Encrypts all stored secrets anew under the present secret key."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from opale.kernel import encryption


class Command(BaseCommand):
    help = (
        "Encrypt all stored secrets (passwords of mailboxes, secrets of webhooks, addresses, second"
        " factors) under OPALE_SECRET_KEY; former keys in OPALE_SECRET_KEY_FALLBACKS read them."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = encryption.reencrypt_all()
        for name, done in found.items():
            self.stdout.write(f"{name}: {done.written} encrypted, {done.unreadable} unreadable")
        if unreadable := sum(done.unreadable for done in found.values()):
            raise CommandError(
                f"{unreadable} secrets are under a key that is known no more: add it to"
                " OPALE_SECRET_KEY_FALLBACKS, or give these secrets again."
            )
        if settings.SECRET_KEY_FALLBACKS:
            self.stdout.write(
                "No stored secret needs a former key. Links in mails that were sent, and sessions,"
                " still do: keep the key for as long as these are to work."
            )

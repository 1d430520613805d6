"""Encryption of the secrets of second factors: the database alone reveals nothing."""

from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import MultiFernet
from django.db import transaction

from opale.kernel.encryption import Reencrypted, key_box, rotated

ENCRYPTED = ("secret", "seed")
"""What the library encrypts of an authenticator."""


def box() -> MultiFernet:
    """Return what encrypts the secrets of second factors."""
    return key_box(lambda key: sha256(b"second factor" + key).digest())


def reencrypt_second_factors() -> Reencrypted:
    """Write the secrets of second factors anew under the present secret key."""
    done = Reencrypted()
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            held: dict[str, Any] = row.data if row is not None else {}
            fresh, counted = rotated({n: held[n] for n in ENCRYPTED if n in held}, box())
            if row is not None and fresh:
                row.data = {**held, **fresh}
                row.save(update_fields=["data"])
            done += counted
    return done

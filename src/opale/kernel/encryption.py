"""Encryption of secrets that have to be read again, under the secret key of this Opale.

The present key writes; former ones (`SECRET_KEY_FALLBACKS`) still read. What is stored is declared
by its app, so that `./opale manage reencrypt_secrets` can write all of it under the present key.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils.encoding import force_bytes


@dataclass(frozen=True, slots=True)
class Reencrypted:
    """How many values were written anew, and how many no known key reads."""

    written: int = 0
    unreadable: int = 0

    def __add__(self, other: "Reencrypted") -> "Reencrypted":
        return Reencrypted(self.written + other.written, self.unreadable + other.unreadable)


_registered: dict[str, Callable[[], Reencrypted]] = {}


def encrypt(secret: str, *, purpose: str) -> str:
    """Encrypt a text for one `purpose` (`messaging`), so that no other app can decrypt it."""
    return _box(purpose).encrypt(secret.encode()).decode()


def decrypt(sealed: str, *, purpose: str) -> str:
    """Decrypt a text. Errors: cryptography.fernet.InvalidToken, after a new secret key."""
    return _box(purpose).decrypt(sealed.encode()).decode()


def key_box(derive: Callable[[bytes], bytes]) -> MultiFernet:
    """Return what encrypts with the present key and decrypts with former ones too; `derive` makes
    32 bytes of a secret key.
    """
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    derived = (derive(force_bytes(key)) for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in derived])


def register_columns(model: type[Model], *columns: str, purpose: str) -> None:
    """Have these encrypted columns written anew when the secret key is replaced; called in the
    `apps.py` of the app that has them.
    """

    def reencrypt() -> Reencrypted:
        done = Reencrypted()
        for pk in model._default_manager.order_by("pk").values_list("pk", flat=True):
            with transaction.atomic():
                done += reencrypt_row(pk)
        return done

    def reencrypt_row(pk: object) -> Reencrypted:
        # Only these columns: the others may be changed at the same time.
        rows = model._default_manager.filter(pk=pk)
        sealed = rows.select_for_update().values(*columns).first()
        fresh, done = rotated(sealed or {}, _box(purpose))
        if fresh:
            rows.update(**fresh)
        return done

    _registered[model._meta.label] = reencrypt


def register_function(name: str, reencrypt: Callable[[], Reencrypted]) -> None:
    """Have what is no plain column written anew by a function when the secret key is replaced."""
    _registered[name] = reencrypt


def rotated(sealed: Mapping[str, str], box: MultiFernet) -> tuple[dict[str, str], Reencrypted]:
    """Return the values that are readable, encrypted under the present key, and the count."""
    fresh, unreadable = {}, 0
    for name, value in sealed.items():
        if not value:
            continue
        try:
            fresh[name] = box.rotate(value.encode()).decode()
        except InvalidToken:
            unreadable += 1
    return fresh, Reencrypted(len(fresh), unreadable)


def reencrypt_all() -> dict[str, Reencrypted]:
    """Write everything registered anew under the present secret key; return the counts by name."""
    return {name: _registered[name]() for name in sorted(_registered)}


def _box(purpose: str) -> MultiFernet:
    return key_box(lambda key: hashlib.sha256(f"opale.{purpose}\0".encode() + key).digest())

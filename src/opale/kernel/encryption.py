"""Encryption of secrets that have to be read again, under the secret key of this Opale."""

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings


def encrypt(secret: str, *, purpose: str) -> str:
    """Encrypt a text for one `purpose` (`messaging`), so that no other app can decrypt it."""
    return _box(purpose).encrypt(secret.encode()).decode()


def decrypt(sealed: str, *, purpose: str) -> str:
    """Decrypt a text. Errors: cryptography.fernet.InvalidToken, after a new secret key."""
    return _box(purpose).decrypt(sealed.encode()).decode()


def _box(purpose: str) -> Fernet:
    key = hashlib.sha256(f"opale.{purpose}\0".encode() + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))

"""Secrets that have to be read again, kept encrypted under the secret key of this Opale."""

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings


def encrypt(secret: str, *, purpose: str) -> str:
    """`purpose` (`messaging`) keeps what one room sealed from being opened by another."""
    return _box(purpose).encrypt(secret.encode()).decode()


def decrypt(sealed: str, *, purpose: str) -> str:
    """Errors: cryptography.fernet.InvalidToken, when the secret key of Opale was replaced."""
    return _box(purpose).decrypt(sealed.encode()).decode()


def _box(purpose: str) -> Fernet:
    key = hashlib.sha256(f"opale.{purpose}\0".encode() + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))

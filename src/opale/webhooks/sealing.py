"""Secrets: made, kept encrypted under the secret key of this Opale, and used to sign.

Source: https://www.standardwebhooks.com, "Signature scheme".
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from cryptography.fernet import Fernet
from django.conf import settings

PREFIX = "whsec_"
BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def seal(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Errors: cryptography.fernet.InvalidToken, when the secret key of Opale was replaced."""
    return _box().decrypt(sealed.encode()).decode()


def signature(secret: str, message_id: str, at: datetime, body: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{int(at.timestamp())}.{body}".encode()
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def _box() -> Fernet:
    key = hashlib.sha256(b"opale.webhooks\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))

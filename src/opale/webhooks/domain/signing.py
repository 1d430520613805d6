"""Secrets of webhooks: created, stored encrypted under Opale's secret key, and used to sign.

Source: https://www.standardwebhooks.com, "Signature scheme".
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from opale.kernel import encryption

PREFIX = "whsec_"
BYTES = 32
PURPOSE = "webhooks"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def encrypt_secret(secret: str) -> str:
    return encryption.encrypt(secret, purpose=PURPOSE)


def decrypt_secret(sealed: str) -> str:
    """Return the plain secret. Errors: InvalidToken, when the secret key of Opale was replaced."""
    return encryption.decrypt(sealed, purpose=PURPOSE)


def signature(secret: str, message_id: str, at: datetime, body: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{int(at.timestamp())}.{body}".encode()
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()

"""A new key of an integration: 32 characters, which is what PagerDuty's clients want."""

import secrets
from typing import Final

KEY_BYTES: Final = 24
PREFIX_LENGTH: Final = 6


def generate_key() -> str:
    return secrets.token_urlsafe(KEY_BYTES)

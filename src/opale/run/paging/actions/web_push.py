"""Web push: one message to one browser, encrypted for it alone (RFC 8291) and signed (RFC 8292)."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import http_ece
import jwt
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from opale.kernel import clock
from opale.messaging.domain.channel_delivery import DeliveryRefused, post_bytes

TIME_TO_LIVE = timedelta(hours=1)
"""For how long the service keeps a message for a browser that is away."""
TOKEN_LIFETIME = timedelta(hours=12)
GONE = frozenset({404, 410})
CURVE = ec.SECP256R1()


class Subscription(msgspec.Struct, frozen=True):
    """A browser's push subscription: where to post, and the keys only it can decrypt with."""

    endpoint: str
    p256dh: str
    auth: str


def generate_push_key() -> tuple[str, str]:
    """Return a new key pair: the private key as PEM, the public one as browsers read it."""
    key = ec.generate_private_key(CURVE)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem.decode(), _encoded(_point(key))


def send_push(
    to: Subscription, said: Mapping[str, Any], *, private: str, public: str, contact: str
) -> str:
    """Send a message and return the service's answer.

    Errors: DeliveryRefused (final where the browser is gone, or its key is none).
    """
    secret = ec.generate_private_key(CURVE)
    try:
        body = http_ece.encrypt(
            json.dumps(said, ensure_ascii=False).encode(),
            private_key=secret,
            dh=decode_base64url(to.p256dh),
            auth_secret=decode_base64url(to.auth),
            version="aes128gcm",
        )
    except ValueError as error:
        raise DeliveryRefused(f"{type(error).__name__}: {error}", final=True) from error
    status, answer = post_bytes(to.endpoint, body, _headers(to, private, public, contact))
    if status not in (200, 201, 202):
        raise DeliveryRefused(f"{status} {answer}".strip(), final=status in GONE)
    return f"{status} {answer}".strip()


def is_valid_key(text: str, length: int) -> bool:
    try:
        return len(decode_base64url(text)) == length
    except ValueError:
        return False


def decode_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _headers(to: Subscription, private: str, public: str, contact: str) -> dict[str, str]:
    parts = urlsplit(to.endpoint)
    until: datetime = clock.now() + TOKEN_LIFETIME
    token = jwt.encode(
        {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(until.timestamp()),
            "sub": contact,
        },
        private,
        algorithm="ES256",
    )
    return {
        "Authorization": f"vapid t={token}, k={public}",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(TIME_TO_LIVE.total_seconds())),
        "Urgency": "high",
    }


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")

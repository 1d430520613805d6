"""One POST to an outside address: checked, bounded in time and size, never redirected.

The name is resolved once, every address that it has is checked, and the connection goes to one of
those: a name that changes between check and connection (DNS rebinding) leads nowhere new. Neither
redirects nor proxies of the environment are followed.
"""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass

from opale.kernel.http_client import (
    BadAddress,
    PrivateAddress,
    UnknownName,
    check_address,
    is_public,
    parse,
    port_of,
    post,
    resolve,
)

__all__ = [
    "BadAddress",
    "PostOutcome",
    "PrivateAddress",
    "UnknownName",
    "check_address",
    "is_public",
    "parse",
    "post_to_receiver",
    "receiver_of",
    "resolve",
]
TIMEOUT = 10.0
MAX_ANSWER_LENGTH = 500


@dataclass(frozen=True, slots=True)
class PostOutcome:
    """The result of a POST; `status` is None when there was no answer: `error` then says why."""

    status: int | None
    answer: str
    error: str
    duration_ms: int

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def receiver_of(url: str) -> str:
    """Return the host and port of a URL: who receives, whatever the rest of it says."""
    parts = parse(url)
    return f"{(parts.hostname or '').lower()}:{port_of(parts)}"


def post_to_receiver(url: str, body: bytes, headers: Mapping[str, str]) -> PostOutcome:
    """Send the request; return its result. Errors of the receiver are results too."""
    began = time.monotonic()
    status, answer, error = None, "", ""
    try:
        status, answer = _exchange(url, body, headers)
    except TimeoutError:
        error = "TimeoutError"
    except (OSError, ValueError, http.client.HTTPException) as failure:
        error = f"{type(failure).__name__}: {failure}"
    return PostOutcome(status, answer, error, round((time.monotonic() - began) * 1000))


def _exchange(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    # A character takes at most four bytes.
    most = MAX_ANSWER_LENGTH * 4
    status, found = post(url, resolve(url), body, headers, seconds=TIMEOUT, most=most)
    answer = found.decode("utf-8", "replace").replace("\0", "\ufffd")
    return status, answer[:MAX_ANSWER_LENGTH]

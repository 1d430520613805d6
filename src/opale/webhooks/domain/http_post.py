"""One POST to an outside address: checked, bounded in time, never redirected.

The name is resolved once, every address that it has is checked, and the connection goes to one of
those: a name that changes between check and connection (DNS rebinding) leads nowhere new. Neither
redirects nor proxies of the environment are followed.
"""

import http.client
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from opale.kernel.http_client import (
    BadAddress,
    PrivateAddress,
    UnknownName,
    connection_to,
    is_public,
    parse,
    request_target,
    resolve,
    time_limit,
)

__all__ = [
    "BadAddress",
    "PostOutcome",
    "PrivateAddress",
    "UnknownName",
    "is_public",
    "parse",
    "post_to_receiver",
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


def post_to_receiver(url: str, body: bytes, headers: Mapping[str, str]) -> PostOutcome:
    """Send the request; return its result. Errors of the receiver are results too."""
    began = time.monotonic()
    status, answer, error = None, "", ""
    try:
        status, answer = _exchange(url, body, headers)
    except (OSError, ValueError, http.client.HTTPException) as failure:
        late = time.monotonic() - began >= TIMEOUT
        error = "TimeoutError" if late else f"{type(failure).__name__}: {failure}"
    return PostOutcome(status, answer, error, round((time.monotonic() - began) * 1000))


def _exchange(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    parts = parse(url)
    with closing(connection_to(parts, resolve(url), TIMEOUT)) as connection:
        connection.connect()
        with time_limit(connection, TIMEOUT):
            connection.request("POST", request_target(parts), body, dict(headers))
            response = connection.getresponse()
            # A character takes at most four bytes.
            answer = response.read(MAX_ANSWER_LENGTH * 4).decode("utf-8", "replace")
    return response.status, answer.replace("\0", "\ufffd")[:MAX_ANSWER_LENGTH]

"""Access tokens for mailboxes by OAuth 2 (RFC 6749, 4.4 and 6), cached while they are valid.

A refresh token is used where there is one, and replaced when the provider gives another; without
one the client has its own access (client credentials, as of an application in Microsoft 365). A
`scope` in the query of the token address is sent along.
"""

import asyncio
import hashlib
import http.client
import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from opale.kernel.http_client import time_limit
from opale.messaging.domain.mailbox_errors import MailboxError
from opale.messaging.listeners.imap_accounts import ImapAccount, decrypt_secret
from opale.messaging.listeners.imap_client import tls_context

TIMEOUT = 15.0
MAX_ANSWER_BYTES = 64 * 1024
EXPIRY_MARGIN_SECONDS = 60.0
"""Seconds before its end in which a token is no longer used."""
DEFAULT_LIFETIME_SECONDS = 300.0
"""Seconds for which a token without a stated end is used."""
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Token:
    access: str
    good_until: float
    refresh: str = ""
    """The next refresh token, where the provider changed it."""


TokenReplaced = Callable[[int, str, str], None]
"""Keeps the new refresh token of a mailbox: its key, the sealed one before, the new one."""


class TokenCache:
    """Cache of access tokens; `replaced` and the requests run in a thread of `threads`."""

    def __init__(self, threads: Executor, replaced: TokenReplaced) -> None:
        self._threads = threads
        self._replaced = replaced
        self._kept: dict[str, Token] = {}

    async def access(self, account: ImapAccount, *, anew: bool = False) -> str:
        """Return a valid token. Errors: MailboxError("token"), MailboxError("secret")."""
        key = _key(account)
        known = self._kept.get(key)
        if known and not anew and time.monotonic() < known.good_until - EXPIRY_MARGIN_SECONDS:
            return known.access
        loop = asyncio.get_running_loop()
        token = await loop.run_in_executor(self._threads, request_token, account)
        self._kept[key] = token
        if token.refresh:
            await loop.run_in_executor(
                self._threads,
                self._replaced,
                account.mailbox_id,
                account.refresh_token,
                token.refresh,
            )
        return token.access


def request_token(account: ImapAccount) -> Token:
    """Request a token from the provider. Errors: MailboxError."""
    refresh = decrypt_secret(account.refresh_token)
    parts = urlsplit(account.token_url)
    form = {
        "grant_type": "refresh_token" if refresh else "client_credentials",
        "client_id": account.client_id,
        **({"refresh_token": refresh} if refresh else {}),
        **({"client_secret": secret} if (secret := decrypt_secret(account.secret)) else {}),
        **{name: value for name, value in parse_qsl(parts.query) if name == "scope"},
    }
    told = _post(account.token_url, form)
    access, lasts = told.get("access_token"), told.get("expires_in")
    if not isinstance(access, str) or not access:
        said = told.get("error_description") or told.get("error") or "no access_token"
        raise MailboxError("token", str(said))
    seconds = DEFAULT_LIFETIME_SECONDS
    with suppress(TypeError, ValueError):
        seconds = float(str(lasts))
    replaced = told.get("refresh_token")
    new = replaced if isinstance(replaced, str) and replaced != refresh else ""
    return Token(access, time.monotonic() + seconds, new)


def _post(url: str, form: Mapping[str, str]) -> dict[str, object]:
    """Post a form, only over TLS except to this machine: it contains the secret."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    try:
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(
                host, parts.port, timeout=TIMEOUT, context=tls_context()
            )
        elif parts.scheme == "http" and host in LOOPBACK:
            connection = http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT)
        else:
            raise MailboxError("token", "https://")
    except ValueError as error:
        raise MailboxError("token", str(error)) from error
    try:
        with time_limit(TIMEOUT) as deadline:
            connection.connect()
            deadline.watch(connection.sock)
            connection.request(
                "POST",
                parts.path or "/",
                urlencode(form),
                {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            )
            answer = connection.getresponse().read(MAX_ANSWER_BYTES)
        told = json.loads(answer)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise MailboxError("token", str(error) or type(error).__name__) from error
    finally:
        connection.close()
    return told if isinstance(told, dict) else {}


def _key(account: ImapAccount) -> str:
    """Return the cache key: a change of any of these settings needs a new token."""
    parts = (account.token_url, account.client_id, account.secret, account.login)
    return hashlib.sha256("\0".join((*parts, str(account.mailbox_id))).encode()).hexdigest()

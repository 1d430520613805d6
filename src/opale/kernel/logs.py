"""Log lines: structured, one a line, and without secrets."""

import logging
import re
from typing import Any

import structlog

_WORD = r"[^\s,;\"'&<>]+"
SECRET = re.compile(
    # The key in the address of a listener.
    r"(/ingest/[a-z0-9_-]+/)[^/\s?\"'&#]+"
    # What opens an address without a login: links of mails, wall screens, calendars; and what an
    # undo of several rows carries.
    r"|(/(?:account/password/reset/key|account/confirm-email|paging/answer|wall|unfollow|hear|lists/undoing"
    r"|scheduled-reports/unsubscribe)/)"
    r"[^/\s?\"'&#]+"
    r"|(/shifts/calendars/)(?:[^/\s?\"'&#]+(?=\.ics)|[\w-]{20,})"
    # The password in an address.
    r"|([a-z][a-z0-9+.-]*://[^/\s:@\"']*:)[^/\s@\"']+(?=@)"
    # `name: value`, `name=value`, `"name": "value"`, with or without a scheme before the value.
    r"|((?:authorization|cookie|sessionid|csrf[a-z_-]*|[a-z_-]*(?:token|password|passwd|secret)"
    r"|\b(?:(?:api|access|routing|integration|ingest|service|genie)[-_]?)?key)"
    r"[\"']?\s*[=:]\s*[\"']?(?:basic |bearer |digest |geniekey |key |token |sessionid=)?)"
    + _WORD
    +
    # A token of Opale, wherever it stands.
    r"|(\bopale_)[A-Za-z0-9_-]{20,}",
    re.IGNORECASE,
)
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal obeys, or what turns the rest around: addresses hold what anybody chooses."""


def without_secrets(text: str) -> str:
    """Return the text with ingest keys and passwords of addresses, tokens and passwords blanked."""
    return SECRET.sub(
        lambda found: f"{next(kept for kept in found.groups() if kept is not None)}***", text
    )


def _blank(logger: Any, method: str, line: Any) -> str:
    """Blank secrets as the last step, in tracebacks and bound values too, and spell out characters
    that a terminal would obey.
    """
    plain = CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", str(line))
    return without_secrets(plain)


def formatter() -> logging.Formatter:
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "logger", "event"]
            ),
            _blank,
        ],
    )

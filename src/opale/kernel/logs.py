"""Log lines: structured, one a line, and without secrets."""

import logging
import re
from typing import Any

import structlog

SECRET = re.compile(
    r"(/ingest/[a-z0-9_-]+/)[^/\s?\"']+|((?:authorization|api[-_]?key|token|password)[\"']?[=:]\s*)"
    r"(?:bearer |geniekey |key )?[^\s,;\"'&]+",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """The text with ingest keys in addresses, tokens and passwords blanked."""
    return SECRET.sub(lambda found: f"{found[1] or found[2]}***", text)


class NoSecrets(logging.Filter):
    """Blanks secrets before a handler sees the record."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        clean = without_secrets(message)
        if clean != message:
            record.msg, record.args = clean, ()
        return True


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
        ],
    )

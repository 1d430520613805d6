"""What a mail that came in says: pure readers of bytes, without database, network or clock."""

from opale.messaging.incoming.parsed import (
    Address,
    Authentication,
    Bounce,
    Failed,
    Kind,
    ParsedMail,
    Part,
    Verdict,
)
from opale.messaging.incoming.parsing import parse

__all__ = [
    "Address",
    "Authentication",
    "Bounce",
    "Failed",
    "Kind",
    "ParsedMail",
    "Part",
    "Verdict",
    "parse",
]

"""Reading the mails: this is the door."""

from opale.messaging.framing import Letter, above_mark, as_html, as_text
from opale.messaging.incoming import parse
from opale.messaging.queries.incoming import mailbox_at, raw_of
from opale.messaging.queries.outgoing import (
    COUNTED,
    count_unsent,
    get_outgoing_mail,
    given_up,
    may_retry,
    outgoing_mails,
)
from opale.messaging.queries.suppression import (
    get_suppression,
    suppressed_among,
    suppressions,
)
from opale.messaging.reply_tokens import address_for, installation, origin_of, origin_of_thread

__all__ = [
    "COUNTED",
    "Letter",
    "above_mark",
    "address_for",
    "as_html",
    "as_text",
    "count_unsent",
    "get_outgoing_mail",
    "get_suppression",
    "given_up",
    "installation",
    "mailbox_at",
    "may_retry",
    "origin_of",
    "origin_of_thread",
    "outgoing_mails",
    "parse",
    "raw_of",
    "suppressed_among",
    "suppressions",
]

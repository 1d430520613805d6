"""Reading the mails: this is the door."""

from opale.messaging.queries.incoming import mailbox_at, raw_of
from opale.messaging.queries.outgoing import (
    COUNTED,
    count_unsent,
    get_outgoing_mail,
    given_up,
    may_retry,
    outgoing_mails,
)

__all__ = [
    "COUNTED",
    "count_unsent",
    "get_outgoing_mail",
    "given_up",
    "mailbox_at",
    "may_retry",
    "outgoing_mails",
    "raw_of",
]

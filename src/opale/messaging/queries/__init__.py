"""Reading the mails: this is the door."""

from opale.messaging.framing import Letter, as_html, as_text
from opale.messaging.incoming import parse
from opale.messaging.mail_addresses import parts_of
from opale.messaging.queries.channels import (
    channel_messages,
    channels,
    get_channel,
    get_channel_message,
    may_set_up_channels,
    untold,
)
from opale.messaging.queries.health import (
    Figures,
    MailboxHealth,
    figures,
    health_of,
    mailbox_health,
    outcomes,
)
from opale.messaging.queries.incoming import (
    copies_of,
    get_incoming_mail,
    get_mailbox,
    incoming_mails,
    mailbox_at,
    mailboxes,
    may_open,
    may_replay,
    original_of,
    quarantined,
    raw_of,
)
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
from opale.messaging.queries.telling import Told, told
from opale.messaging.reply_tokens import address_for, installation, origin_of, origin_of_thread

__all__ = [
    "COUNTED",
    "Figures",
    "Letter",
    "MailboxHealth",
    "Told",
    "address_for",
    "as_html",
    "as_text",
    "channel_messages",
    "channels",
    "copies_of",
    "count_unsent",
    "figures",
    "get_channel",
    "get_channel_message",
    "get_incoming_mail",
    "get_mailbox",
    "get_outgoing_mail",
    "get_suppression",
    "given_up",
    "health_of",
    "incoming_mails",
    "installation",
    "mailbox_at",
    "mailbox_health",
    "mailboxes",
    "may_open",
    "may_replay",
    "may_retry",
    "may_set_up_channels",
    "origin_of",
    "origin_of_thread",
    "original_of",
    "outcomes",
    "outgoing_mails",
    "parse",
    "parts_of",
    "quarantined",
    "raw_of",
    "suppressed_among",
    "suppressions",
    "told",
    "untold",
]

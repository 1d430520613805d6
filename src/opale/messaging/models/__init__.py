"""The models of messaging: outgoing and incoming mail, channels."""

from opale.messaging.models.channels import (
    Channel,
    ChannelMessage,
    ChannelMessageQuerySet,
    ChannelQuerySet,
)
from opale.messaging.models.domain_pace import DomainPace
from opale.messaging.models.incoming import (
    IncomingMail,
    IncomingMailQuerySet,
    IncomingTally,
    Mailbox,
    MailboxQuerySet,
    RawMail,
)
from opale.messaging.models.letterheads import Letterhead, LetterheadQuerySet
from opale.messaging.models.outgoing import OutgoingMail, OutgoingMailQuerySet
from opale.messaging.models.suppressions import Suppression, SuppressionQuerySet

__all__ = [
    "Channel",
    "ChannelMessage",
    "ChannelMessageQuerySet",
    "ChannelQuerySet",
    "DomainPace",
    "IncomingMail",
    "IncomingMailQuerySet",
    "IncomingTally",
    "Letterhead",
    "LetterheadQuerySet",
    "Mailbox",
    "MailboxQuerySet",
    "OutgoingMail",
    "OutgoingMailQuerySet",
    "RawMail",
    "Suppression",
    "SuppressionQuerySet",
]

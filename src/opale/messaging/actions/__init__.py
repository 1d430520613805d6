"""How mails come and go: the only writer of this room's tables."""

from opale.messaging.actions.bounces import note_bounce
from opale.messaging.actions.keeping import (
    INBOX,
    PROCESSING_JOB,
    ToKeep,
    keep_mail,
    keep_mails,
    wake_processing,
)
from opale.messaging.actions.mailboxes import (
    MAILBOXES,
    create_mailbox,
    delete_mailbox,
    edit_mailbox,
)
from opale.messaging.actions.outgoing import (
    CLAIM,
    INSTALLATION,
    OUTBOX,
    OVERDUE,
    REFERRED,
    SENDER,
    SENDING_JOB,
    WAITS,
    defer_sending,
    queue_mail,
    retry_mail,
    send_elsewhere,
    send_mail,
    take_back_mail,
    wake_overdue_mails,
)
from opale.messaging.actions.processing import process_mails, wake_forgotten_mails
from opale.messaging.actions.quarantine import forget_mail, replay_mail
from opale.messaging.actions.suppressing import (
    SUPPRESSED,
    release_address,
    suppress_address,
    without_suppressed,
)

__all__ = [
    "CLAIM",
    "INBOX",
    "INSTALLATION",
    "MAILBOXES",
    "OUTBOX",
    "OVERDUE",
    "PROCESSING_JOB",
    "REFERRED",
    "SENDER",
    "SENDING_JOB",
    "SUPPRESSED",
    "WAITS",
    "ToKeep",
    "create_mailbox",
    "defer_sending",
    "delete_mailbox",
    "edit_mailbox",
    "forget_mail",
    "keep_mail",
    "keep_mails",
    "note_bounce",
    "process_mails",
    "queue_mail",
    "release_address",
    "replay_mail",
    "retry_mail",
    "send_elsewhere",
    "send_mail",
    "suppress_address",
    "take_back_mail",
    "wake_forgotten_mails",
    "wake_overdue_mails",
    "wake_processing",
    "without_suppressed",
]

"""The rights of messaging."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import DESK, F, Right

READ = "messaging.read"
RETRY = "messaging.retry"
REPLAY = "messaging.replay"
"""Replay a mail in quarantine, or discard it."""
RAW = "messaging.raw"
"""Open the original of any incoming mail, confidential ones included."""
MAILBOXES = "messaging.mailboxes"
LETTERHEAD = "messaging.letterhead"
"""Set the logo and the footer of mails to customers."""
SEND = "messaging.send"
"""Of the sender itself: held by no function."""
RECEIVE = "messaging.receive"
"""Of the handler of incoming mail: held by no function."""

RIGHTS = {
    READ: Right(
        _("See the mails that Opale sends"), everywhere=DESK | {F.SERVICE_MANAGER, F.ADMINISTRATOR}
    ),
    RETRY: Right(_("Send failed mail again"), everywhere=DESK | {F.ADMINISTRATOR}),
    REPLAY: Right(
        _("Replay or discard mails in quarantine"),
        everywhere=DESK | {F.SERVICE_MANAGER, F.ADMINISTRATOR},
    ),
    RAW: Right(
        _("Open the original of every incoming mail, including confidential ones"),
        everywhere={F.SERVICE_MANAGER},
    ),
    MAILBOXES: Right(_("Set up mailboxes"), everywhere={F.ADMINISTRATOR}),
    LETTERHEAD: Right(_("Edit the letterhead of mails"), everywhere={F.ADMINISTRATOR}),
}

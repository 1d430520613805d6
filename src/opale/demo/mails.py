"""The mails of what the demo company did: they went out when they were written."""

from datetime import timedelta

from django.db.models import F

from opale.kernel.actor import system
from opale.kernel.states import record_moves
from opale.messaging.models import OutgoingMail
from opale.messaging.states import HAND_OVER, MailState

UNDER_WAY = timedelta(seconds=4)


def note_all_sent() -> None:
    """Nothing that was written while the demo was loaded is handed to a mail server later: the
    jobs that would send it find it sent."""
    queued = OutgoingMail.objects.filter(state=MailState.QUEUED)
    by = system("mail")
    for pk, at in queued.order_by("id").values_list("pk", "created_at"):
        record_moves(
            OutgoingMail, HAND_OVER.name, {pk: MailState.QUEUED}, MailState.SENT,
            by=by, at=at + UNDER_WAY,
        )  # fmt: skip
    queued.update(state=MailState.SENT, sent_at=F("created_at") + UNDER_WAY, attempts=1)

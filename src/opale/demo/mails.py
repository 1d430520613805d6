"""Mails of the demo company's history, marked as sent."""

from datetime import timedelta

from django.db.models import F

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.models import StateMove
from opale.messaging.models import OutgoingMail
from opale.messaging.states import HAND_OVER, MailState
from opale.run.desk.models import Watcher

UNDER_WAY = timedelta(seconds=4)


def mark_mails_sent() -> None:
    """Mark everything written during the load as sent, so that the jobs do not send it later."""
    queued = OutgoingMail.objects.filter(state=MailState.QUEUED)
    by = system("mail")
    StateMove.objects.bulk_create(
        StateMove(
            subject=OutgoingMail._meta.label_lower,
            subject_id=pk,
            move=HAND_OVER.name,
            source=MailState.QUEUED,
            target=MailState.SENT,
            actor=by.key,
            actor_name=by.name,
            at=at + UNDER_WAY,
        )
        for pk, at in queued.order_by("id").values_list("pk", "created_at")
    )
    queued.update(state=MailState.SENT, sent_at=F("created_at") + UNDER_WAY, attempts=1)


def mark_followers_notified() -> None:
    """Mark watchers as notified, so that no digest reports what was loaded."""
    Watcher.objects.update(told_at=clock.now())

"""Actions on a mail in quarantine."""

from django.db import transaction
from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid
from opale.kernel.states import perform
from opale.messaging.actions.process_incoming import count_outcome
from opale.messaging.actions.store_incoming import INBOX, queue_processing
from opale.messaging.models import IncomingMail
from opale.messaging.states import FORGET, REPLAY, Outcome


def replay_mail(mail: IncomingMail, *, by: Actor) -> None:
    """Handle a quarantined mail again. Errors: NotFound, NotAllowed, IllegalMove."""
    now = clock.now()
    rows = IncomingMail.objects.visible_to(by).filter(pk=mail.pk)
    with attributed(by):
        perform(
            REPLAY,
            rows,
            by=by,
            at=now,
            outcome="",
            processed_at=None,
            attempts=0,
            claimed_until=None,
            next_attempt_at=now,
        )
        live_topics.publish(INBOX, f"messaging.incomingmail:{mail.pk}")
        transaction.on_commit(queue_processing)


def forget_mail(mail: IncomingMail, *, by: Actor, reason: str) -> None:
    """Discard a mail in quarantine: it is kept, and never handled.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid (no reason).
    """
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid(reason=_("Enter why this mail can be discarded."))
    now = clock.now()
    rows = IncomingMail.objects.visible_to(by).filter(pk=mail.pk)
    with attributed(by):
        perform(
            FORGET, rows, by=by, at=now, outcome=Outcome.FORGOTTEN, reason=reason, processed_at=now
        )
        live_topics.publish(INBOX, f"messaging.incomingmail:{mail.pk}")
        count_outcome(Outcome.FORGOTTEN)

"""Queries on the outbox."""

from django.db.models import Count

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.messaging import rights
from opale.messaging.models.outgoing import OutgoingMail, OutgoingMailQuerySet
from opale.messaging.states import MailState

MAX_COUNTED = 99


def outgoing_mails(*, seen_by: Actor, state: str = "") -> OutgoingMailQuerySet:
    found = OutgoingMail.objects.visible_to(seen_by)
    return found.filter(state=state) if state else found


def get_outgoing_mail(mail_id: int, *, seen_by: Actor) -> OutgoingMail:
    """Return an outgoing mail. Errors: NotFound."""
    mail = outgoing_mails(seen_by=seen_by).filter(pk=mail_id).first()
    if mail is None:
        raise NotFound
    return mail


def count_unsent(*, seen_by: Actor) -> dict[str, int]:
    """Return how many mails wait and how many were given up; sent ones are not counted."""
    unsent = (MailState.QUEUED, MailState.FAILED)
    found = outgoing_mails(seen_by=seen_by).filter(state__in=unsent)
    return dict(found.order_by().values_list("state").annotate(Count("pk")))


def failed_mails(actor: Actor) -> OutgoingMailQuerySet:
    """Return the mails that were given up, for the rail."""
    return outgoing_mails(seen_by=actor, state=MailState.FAILED)


def may_retry(actor: Actor) -> bool:
    return actor.can(rights.RETRY)

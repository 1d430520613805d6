"""Events that a provider reports for mails it accepted, recorded like a mail server's reports."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import QuerySet

from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.errors import Unavailable
from opale.messaging.actions.bounces import record_bounce, record_delivery
from opale.messaging.actions.outgoing import SENDER
from opale.messaging.models import OutgoingMail
from opale.messaging.queries.provider_events import ProviderEvent
from opale.messaging.states import MailState

RETRY_DELAY = timedelta(minutes=1)


def record_provider_event(news: Iterable[ProviderEvent]) -> None:
    """Record a provider's event on the mails concerned; ignore mails that are not ours.

    All of it or nothing, and a repetition changes nothing: a provider that gets an error calls
    again with all of it.
    Errors: Unavailable (the event came before our own record that the provider took the mail).
    """
    with attributed(SENDER):
        for one in news:
            mail = mails_by_provider_key(one.key).first()
            if mail is None:
                if _is_in_talk(one.address):
                    raise Unavailable(retry_after=RETRY_DELAY)
            elif one.failed is None:
                record_delivery(mail, [one.address], by=SENDER)
            else:
                record_bounce(mail, [one.failed], by=SENDER)


def mails_by_provider_key(key: str) -> QuerySet[OutgoingMail]:
    """Return the mail that a provider knows by this key."""
    # The index covers only mails with at least one key.
    return OutgoingMail.objects.filter(provider_keys__contains=[key], provider_keys__gt=[])


def _is_in_talk(address: str) -> bool:
    """Return whether a mail to the address is being given to the provider and has no key yet."""
    talking = OutgoingMail.objects.filter(
        state=MailState.QUEUED, claimed_until__isnull=False, claimed_until__gt=clock.now()
    )
    return any(address in map(str.lower, (*to, *cc)) for to, cc in talking.values_list("to", "cc"))

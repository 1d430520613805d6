"""The test alert, which shows without harm how alerts of an integration are handled."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import NotAllowed
from opale.run.events.actions.ingestion import ingest_internal
from opale.run.events.domain.deliveries import NewEvent
from opale.run.events.domain.received_deliveries import ReceivedDelivery, Sender
from opale.run.events.models import Alert, Integration
from opale.run.events.rights import ADMINISTER
from opale.run.events.states import AlertState, Severity

IDENTITY: Final = "opale:test"


def raise_test_alert(integration: Integration, *, by: Actor, at: datetime) -> Alert:
    """Raise a test alert: stored, enriched, silenced and qualified like any other.

    Errors: NotAllowed.
    """
    _tell(integration, firing=True, by=by, at=at)
    alerts = Alert.objects.filter(integration=integration, identity=IDENTITY)
    return alerts.exclude(state=AlertState.CLOSED).get()


def end_test_alert(integration: Integration, *, by: Actor, at: datetime) -> None:
    """End the test alert. Errors: NotAllowed."""
    _tell(integration, firing=False, by=by, at=at)


def _tell(integration: Integration, *, firing: bool, by: Actor, at: datetime) -> None:
    if not by.can(ADMINISTER):
        raise NotAllowed
    sender = Sender(
        integration.pk, integration.name, integration.format, key_id=0, naming=integration.naming
    )
    with translation.override(settings.LANGUAGE_CODE):
        title = _("Test alert from %(name)s") % {"name": integration.name}
        text = _("Sent by %(person)s from the integration’s page.") % {"person": by.name}
    event = NewEvent(
        identity=IDENTITY,
        firing=firing,
        severity=Severity.INFO,
        title=title,
        text=text,
        labels={"test": "opale"},
        occurred_at=at,
        raw={"test": True, "by": by.key},
    )
    with attributed(by):
        ingest_internal([ReceivedDelivery(sender, at, (event,))])

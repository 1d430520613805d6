"""Pages started for alerts, and acknowledgements by whoever answers them.

Source: docs/rules/paging.md, "What starts one".
"""

from django.urls import reverse

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.organisation.models import Person
from opale.organisation.queries.identity import actor_of
from opale.run.events.actions.alert_pages import end_pages_of, page_subject
from opale.run.events.actions.alerts import acknowledge_alerts
from opale.run.events.facts import AlertsCall, AlertsCleared
from opale.run.events.models import Alert
from opale.run.events.rights import WORK
from opale.run.events.states import AlertState
from opale.run.paging.actions.mobilisations import start_mobilisations
from opale.run.paging.facts import MobilisationAnswered
from opale.run.paging.ports import Subject

ABOUT_PREFIX = page_subject("")
PAGED_STATES = (AlertState.OPEN, AlertState.ACKNOWLEDGED)


def page_for_alerts(fact: AlertsCall, by: Actor) -> None:
    """Page for these alerts, unless cleared or closed meanwhile. Hears events.AlertsCall."""
    alerts = Alert.objects.filter(pk__in=fact.alert_ids, state__in=PAGED_STATES, silence=None)
    start_mobilisations(
        [_subject(alert, fact.reason) for alert in alerts.order_by("-severity", "pk")],
        by=by,
        at=clock.now(),
    )


def end_pages_of_cleared_alerts(fact: AlertsCleared, by: Actor) -> None:
    """End the pages of cleared alerts, unless open again meanwhile. Hears events.AlertsCleared."""
    bad = set(
        Alert.objects.filter(pk__in=fact.alert_ids, state__in=PAGED_STATES).values_list(
            "pk", flat=True
        )
    )
    end_pages_of([pk for pk in fact.alert_ids if pk not in bad], by=by, at=clock.now())


def acknowledge_answered_alerts(fact: MobilisationAnswered, by: Actor) -> None:
    """Acknowledge the alert of an answered page, and make whoever answered its owner.

    Hears paging.MobilisationAnswered.
    """
    if not fact.about.startswith(ABOUT_PREFIX) or fact.person_id is None:
        return
    person = Person.objects.select_related("user").get(pk=fact.person_id)
    actor = actor_of(person.user) if person.user else by
    alerts = Alert.objects.filter(
        pk=int(fact.about.removeprefix(ABOUT_PREFIX)), state=AlertState.OPEN
    )
    with attributed(by):
        if alerts.within(actor, WORK).exists():
            acknowledge_alerts(alerts, by=actor, at=fact.at)


def _subject(alert: Alert, reason: str) -> Subject:
    return Subject(
        about=page_subject(alert.pk),
        trigger="alert",
        title=alert.title,
        path=reverse("events_alert", args=[alert.pk]),
        reason=reason,
        severity=alert.severity,
        team_id=alert.team_id,
        customer_id=alert.customer_id,
    )

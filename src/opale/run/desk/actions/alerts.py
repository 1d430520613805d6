"""Alerts qualified as incidents, by rule or by hand, and alerts attached to running ones."""

from dataclasses import replace
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from opale.infrastructure.queries.dependents import dependents_of
from opale.kernel import live_topics
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, NotAllowed, NotFound
from opale.kernel.locks import take_locks
from opale.run.desk.actions.alert_acknowledgements import acknowledge_alerts_of
from opale.run.desk.actions.assignments import request_team_work
from opale.run.desk.actions.classifications import ClassificationInput, classify_ticket
from opale.run.desk.actions.messages import add_internal_note
from opale.run.desk.actions.outages import open_outage
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ticket_locks import (
    change_ticket,
    lock_current_ticket,
    lock_ticket,
    notify_readers,
    touch_ticket,
)
from opale.run.desk.models import Grade, Kind, Source, Ticket, TicketAlert
from opale.run.desk.models.escalation import AskReason
from opale.run.desk.rights import WORK
from opale.run.desk.states import ENDED_STATES, TicketState
from opale.run.events.facts import AlertQualified, AlertsCleared, AlertsRisen
from opale.run.events.models import Alert
from opale.run.events.states import Severity

READER: Final = system("alerts")
"""Counts who is hit: the priority does not depend on whom the reader may see."""
GRADES_BY_SEVERITY = {
    Severity.CRITICAL: (Grade.HIGH, Grade.HIGH),
    Severity.MAJOR: (Grade.MEDIUM, Grade.HIGH),
    Severity.MINOR: (Grade.MEDIUM, Grade.MEDIUM),
    Severity.WARNING: (Grade.LOW, Grade.MEDIUM),
    Severity.INFO: (Grade.LOW, Grade.LOW),
    Severity.CLEAR: (Grade.LOW, Grade.LOW),
}
"""Impact and urgency by the severity of an alert; whoever opens the incident may choose others."""


def proposed_grades(alert: Alert, severity: Severity | None = None) -> tuple[Grade, Grade]:
    """Return the impact and urgency of an incident of an alert: those of its severity, or of a
    given one, and a high impact where a fault of its item hits several customers."""
    worst = Severity(alert.severity if severity is None else severity)
    impact, urgency = GRADES_BY_SEVERITY[worst]
    if worst >= Severity.MINOR and alert.customer_id is None and alert.item_id is not None:
        hit = dependents_of([alert.item_id], seen_by=READER).get(alert.item_id)
        if hit is not None and len(hit.customers) > 1:
            impact = Grade.HIGH
    return impact, urgency


def open_incident(
    alert: Alert, *, by: Actor, impact: Grade | None = None, urgency: Grade | None = None
) -> Ticket:
    """Qualify an alert as an incident for the service and customer that it concerns.

    An alert has one running incident at most: a second request, by a person or a rule, gets the
    number of the first. Grades that are not given are the proposed ones.
    Errors: NotFound, NotAllowed, Conflict.
    """
    if not by.can(WORK):
        raise NotAllowed
    with attributed(by):
        held = Alert.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=alert.pk)
        seen = held.first()
        if seen is None:
            raise NotFound
        if running := running_incident(seen):
            raise Conflict(
                _("Incident %(number)s already handles this alert.") % {"number": running.reference}
            )
        proposed = proposed_grades(seen)
        ticket = receive_ticket(
            NewTicket(
                subject=seen.title,
                source=Source.EVENT,
                kind=Kind.INCIDENT,
                customer=seen.customer,
                service=seen.service,
                item=seen.item,
                impact=impact or proposed[0],
                urgency=urgency or proposed[1],
            ),
            by=by,
        )
        if seen.text:
            # An internal note: the text comes from the tool, not from the customer.
            add_internal_note(ticket, seen.text, author=seen.integration.name)
        open_outage(ticket, seen)
        _link(ticket, seen)
        if by.person_id is not None:
            acknowledge_alerts_of(ticket, by=by)
    return ticket


def open_qualified_incident(fact: AlertQualified, by: Actor) -> None:
    """Open an incident for an alert qualified by a rule. Delivered twice, it opens one incident.
    Hears events.AlertQualified.

    It first looks for a running incident of the same item; a rule that joins, also for one of the
    same service. It asks the team to which a rule routed the alert.
    """
    alert = Alert.objects.select_related("team").get(pk=fact.alert_id)
    with attributed(by):
        if about := _about(alert, services=fact.joins):
            take_locks(*about)
        if running_incident(alert) is not None:
            return
        same = incident_about(alert, services=fact.joins)
        if same is not None:
            attach_alert(same, alert, by=by)
            return
        ticket = open_incident(alert, by=by)
        if alert.team is not None:
            request_team_work(lock_ticket(ticket, by=by), alert.team, AskReason.SKILL, by=by)


def _about(alert: Alert, *, services: bool) -> list[str]:
    """Return lock names for the item and service of an alert, shared by alerts of one trouble."""
    found = (("item", alert.item_id), ("service", alert.service_id if services else None))
    return [f"incident-of-{kind}:{pk}" for kind, pk in found if pk is not None]


def incident_about(
    alert: Alert, *, services: bool = True, seen_by: Actor | None = None
) -> Ticket | None:
    """Return the oldest running incident of the item, else of the service, that the reader sees;
    never another customer's."""
    rows = Ticket.objects.all() if seen_by is None else Ticket.objects.visible_to(seen_by)
    running = rows.filter(kind=Kind.INCIDENT).exclude(state__in=ENDED_STATES)
    running = running.filter(customer=alert.customer_id).order_by("id")
    of_item = running.filter(item=alert.item_id).first() if alert.item_id else None
    if of_item is not None or alert.service_id is None or not services:
        return of_item
    return running.filter(service=alert.service_id).first()


def attach_alert(ticket: Ticket, alert: Alert, *, by: Actor) -> None:
    """Attach a further alert to a running ticket.

    Errors: NotFound, NotAllowed, Conflict (another running incident has it).
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        seen = Alert.objects.visible_to(by).select_for_update(of=("self",)).get(pk=alert.pk)
        running = running_incident(seen)
        if running is not None and running.pk != held.pk:
            raise Conflict(
                _("Incident %(number)s already handles this alert.") % {"number": running.reference}
            )
        if running is None:
            _link(held, seen)
        if by.person_id is not None or held.state != TicketState.NEW:
            acknowledge_alerts_of(held, by=by)
        if held.kind != Kind.INCIDENT:
            found = ClassificationInput.of(held)
            classify_ticket(
                held,
                replace(
                    found,
                    kind=Kind.INCIDENT,
                    service=found.service or seen.service,
                    item=found.item or seen.item,
                ),
                by=by,
            )


def detach_alert(ticket: Ticket, alert: Alert, *, by: Actor) -> None:
    """Detach an alert from a ticket; it may be attached elsewhere.

    Errors: NotFound (also where it was not attached), NotAllowed.
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        count, _by_model = TicketAlert.objects.filter(ticket=held, alert=alert).delete()
        if not count:
            raise NotFound
        touch_ticket(held)
        live_topics.publish(f"events.alert:{alert.pk}")


def running_incident(alert: Alert) -> Ticket | None:
    """Return the running ticket that deals with an alert."""
    return (
        Ticket.objects.filter(alert_links__alert=alert)
        .exclude(state__in=ENDED_STATES)
        .order_by("id")
        .first()
    )


def refresh_pages_of_cleared_alerts(fact: AlertsCleared, by: Actor) -> None:
    """Refresh the pages of tickets with cleared alerts. Hears events.AlertsCleared."""
    for ticket in Ticket.objects.filter(alert_links__alert_id__in=fact.alert_ids).distinct():
        notify_readers(ticket)


def add_risen_alert_notes(fact: AlertsRisen, by: Actor) -> None:
    """Note on the running incidents of alerts that their severity rose. Hears
    events.AlertsRisen."""
    with attributed(by):
        for alert in Alert.objects.filter(pk__in=fact.alert_ids).order_by("pk"):
            running = running_incident(alert)
            if running is None:
                continue
            held = lock_current_ticket(running, by=by)
            user = held.owner.user
            with translation.override(user.language if user else "en"):
                severity = Severity(alert.peak_severity or alert.severity).label
                said = _("Alert “%(title)s” worsened to %(severity)s.")
                body = said % {"title": alert.title, "severity": severity}
            add_internal_note(held, body, author="Opale")
            change_ticket(held)


def _link(ticket: Ticket, alert: Alert) -> None:
    TicketAlert.objects.create(ticket=ticket, customer_id=ticket.customer_id, alert=alert)
    touch_ticket(ticket)
    live_topics.publish(f"events.alert:{alert.pk}")

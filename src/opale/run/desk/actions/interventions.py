"""Exceptional interventions: work outside the hours of the plan, at an agreed price."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from opale.customers.models import Contact
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotFound
from opale.kernel.facts import announce
from opale.run.desk.actions.ticket_locks import lock_ticket, touch_ticket
from opale.run.desk.facts import InterventionAgreed
from opale.run.desk.models import Intervention, Ticket
from opale.run.desk.states import OPEN_STATES


def agree_intervention(
    ticket: Ticket,
    *,
    by: Actor,
    agreed_by: Contact,
    price: Decimal,
    currency: str = "EUR",
    ends: datetime | None = None,
) -> Intervention:
    """Start work on a ticket outside the hours of its plan, at a price that a contact of the
    customer agreed to.

    Errors: NotFound, NotAllowed, IllegalMove (an ended ticket), Conflict (the plan offers none, or
    one runs), Invalid (a contact without the authority to order, a price or an end that is none).
    Source: docs/rules/priority.md, "Outside hours".
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        if held.state not in OPEN_STATES:
            raise IllegalMove("agree_intervention", {held.pk: held.state})
        at = clock.now()
        _refuse(held, agreed_by, price, ends, at)
        intervention = Intervention.objects.create(
            ticket=held,
            customer_id=held.customer_id,
            agreed_by=agreed_by,
            agreed_at=at,
            price=price,
            currency=currency,
            starts=at,
            ends=ends,
            actor=by.key,
        )
        announce(
            InterventionAgreed(ticket_id=held.pk, intervention_id=intervention.pk, at=at), by=by
        )
        touch_ticket(held)
    return intervention


def end_intervention(intervention: Intervention, *, by: Actor) -> None:
    """End the intervention; the ticket waits for the hours of its plan again.

    Errors: NotFound, NotAllowed, Conflict (it has ended).
    """
    with attributed(by):
        held = lock_ticket(intervention.ticket, by=by)
        at = clock.now()
        row = Intervention.objects.filter(pk=intervention.pk, ticket=held).first()
        if row is None:
            raise NotFound
        if row.ends is not None and row.ends <= at:
            raise Conflict(_("This intervention has already ended."))
        Intervention.objects.filter(pk=row.pk).update(ends=at)
        touch_ticket(held)


def _refuse(
    ticket: Ticket, agreed_by: Contact, price: Decimal, ends: datetime | None, at: datetime
) -> None:
    plan = ticket.plan_version
    if plan is None or not plan.exceptional_interventions:
        raise Conflict(_("The support plan of this ticket does not include out-of-hours work."))
    if agreed_by.customer_id != ticket.customer_id or agreed_by.left_on is not None:
        raise Invalid(agreed_by=_("This person is not a contact of the customer."))
    if not agreed_by.may_order:
        raise Invalid(agreed_by=_("This contact is not authorised to order. Choose one who is."))
    if price <= 0:
        raise Invalid(price=_("Enter the agreed price."))
    if ends is not None and ends <= at:
        raise Invalid(ends=_("The end is in the past."))
    running = Intervention.objects.filter(ticket=ticket).exclude(ends__lte=at)
    if running.exists():
        raise Conflict(_("Out-of-hours work is already in progress."))

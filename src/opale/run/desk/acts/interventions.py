"""Acts of interventions outside the hours of the plan: agreement and end."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, form
from opale.kernel.actor import Actor
from opale.run.desk.actions import interventions
from opale.run.desk.acts.subjects import TICKET, place_of
from opale.run.desk.forms.interventions import InterventionForm
from opale.run.desk.models import Intervention, Ticket
from opale.run.desk.queries import queue_order
from opale.run.desk.rights import WORK
from opale.run.desk.shapes.interventions import InterventionOut


def get_intervention(intervention_id: int, *, seen_by: Actor, ticket: Ticket) -> Intervention:
    """Return an intervention of a ticket that the actor sees. Errors: NotFound."""
    return queue_order.get_intervention(ticket, intervention_id)


INTERVENTION = Subject(
    name="intervention", model=Intervention, get=get_intervention, shape=InterventionOut,
    within=TICKET, page="interventions/<int:intervention_id>/",
    endpoint="/tickets/{int:number}/interventions/{int:intervention_id}",
    home=lambda intervention: place_of(intervention.ticket),
)  # fmt: skip

ACTS = (
    form(
        TICKET, interventions.agree_intervention, "agree_intervention", WORK, InterventionForm,
        noun="interventions", made=InterventionOut, title=_("Work out of hours"),
        submit=_("Record agreement"), said=_("Out-of-hours work started."),
        undo=lambda ticket, made: reverse(
            "desk_end_intervention", args=[ticket.number, made.pk]
        ),
    ),
    button(
        INTERVENTION, interventions.end_intervention, "end_intervention", WORK, noun="end",
        said=_("Out-of-hours work ended. The ticket waits for covered hours."),
    ),
)  # fmt: skip

"""Subjects of the acts on tickets and on what belongs to them."""

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, Subject
from opale.run.desk.acts.ticket_facts import assignment_facts, ticket_facts
from opale.run.desk.models import Assignment, ProposedAnswer, Ticket
from opale.run.desk.queries import answers, assignments, tickets
from opale.run.desk.shapes.answers import AnswerOut
from opale.run.desk.shapes.assignments import AssignmentOut
from opale.run.desk.shapes.tickets import TicketOut

NOBODY_TOLD: Final = _("The customer is not notified.")


def place_of(ticket: Ticket) -> Place:
    return reverse("desk_ticket", args=[ticket.number]), ticket.reference


def place_of_assignment(assignment: Assignment) -> Place:
    return reverse("desk_assignment", args=[assignment.pk]), assignment.ticket.reference


def head_of(ticket: Ticket) -> str:
    """Return the address of the region with the head of a ticket's page."""
    return reverse("desk_ticket_head", args=[ticket.number])


TICKET = Subject(
    name="ticket", model=Ticket, get=tickets.get_ticket, column="number", shape=TicketOut,
    page="tickets/<int:number>/", endpoint="/tickets/{int:number}",
    home=place_of, facts=ticket_facts,
)  # fmt: skip
ASSIGNMENT = Subject(
    name="assignment", model=Assignment, get=assignments.get_assignment, shape=AssignmentOut,
    page="assignments/<int:assignment_id>/", endpoint="/assignments/{int:assignment_id}",
    home=place_of_assignment, facts=assignment_facts,
)  # fmt: skip
ANSWER = Subject(
    name="answer", model=ProposedAnswer, get=answers.get_answer, shape=AnswerOut,
    page="answers/<int:answer_id>/", endpoint="/answers/{int:answer_id}",
    home=lambda answer: place_of(answer.ticket),
)  # fmt: skip

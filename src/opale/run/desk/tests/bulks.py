"""An agent who acts on many tickets, for tests of bulk acts."""

from typing import Any

from tests.personas import Personas

from opale.run.desk.actions import bulk_jobs, ticket_creation
from opale.run.desk.actions.bulk_acts import BulkParameters
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import (
    BulkJob,
    Kind,
    Source,
    Ticket,
)
from opale.run.desk.tests.builders import make_service

Act, State = BulkJob.Act, BulkJob.State


class Desk:
    """An agent who may act on many tickets, and the tickets of a customer."""

    def __init__(self, personas: Personas) -> None:
        self.personas = personas
        self.by = personas.actor("desk_agent")
        self.other = personas.people["run_engineer"]
        self.service = make_service(personas.customer, "VPN-1")

    def ticket(self, subject: str = "Lien coupé", **more: Any) -> Ticket:
        new: dict[str, Any] = {
            "body": "Bonjour",
            "source": Source.MAIL,
            "kind": Kind.INCIDENT,
            "customer": self.personas.customer,
            "contact": self.personas.contact,
            "service": self.service,
        }
        return ticket_creation.receive_ticket(
            NewTicket(subject=subject, **(new | more)), by=self.by
        )

    def tickets(self, count: int = 3) -> list[Ticket]:
        return [self.ticket(f"Lien {number} coupé") for number in range(count)]

    def ask(
        self, act: BulkJob.Act, tickets: list[Ticket], *, confirmed: bool = True, **said: Any
    ) -> BulkJob:
        return bulk_jobs.create_bulk_job(
            act,
            BulkParameters(**said),
            by=self.by,
            credential="session",
            tickets=tickets,
            confirmed=confirmed,
        )

    def undo(self, job: BulkJob) -> BulkJob:
        return bulk_jobs.undo_bulk_job(job, by=self.by, credential="session")


def fresh(tickets: list[Ticket]) -> list[Ticket]:
    return [Ticket.objects.get(pk=ticket.pk) for ticket in tickets]


def outcomes(job: BulkJob) -> list[str]:
    return list(job.items.order_by("ticket_id").values_list("outcome", flat=True))

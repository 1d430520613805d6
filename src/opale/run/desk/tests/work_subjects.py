"""What the parameters of routes name of work asked of others, and of answers to be sent."""

from collections.abc import Mapping
from dataclasses import replace

from tests.personas import MAKER, Personas

from opale.infrastructure.models import Supplier
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.run.desk.actions.answers import answer_customer, answer_fingerprint, send_answer
from opale.run.desk.actions.assignments import WorkRequest, accept_assignment, request_work
from opale.run.desk.actions.bulk_acts import BulkParameters
from opale.run.desk.actions.bulk_jobs import create_bulk_job
from opale.run.desk.actions.saved_views import remove_view, save_view
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.wallboards import create_wall_key
from opale.run.desk.models import BulkJob, LevelTarget, ProposedAnswer, Source, Ticket


def desk_work(house: Personas) -> Mapping[str, object]:
    ticket = Ticket.objects.get(subject="Lien coupé")
    agent, engineer = house.actor("desk_agent"), house.actor("run_engineer")
    with attributed(MAKER):
        carrier = Supplier.objects.create(
            name="Armor Fibre", kind="carrier", email="noc@armor.example", language="fr"
        )
    group, second = house.teams["group_colleague"], _second_ticket(house)
    asked = request_work(ticket, WorkRequest(team=group), by=agent)
    accepted = request_work(second, WorkRequest(team=group), by=agent)
    accept_assignment(accepted, by=MAKER, person=house.people["group_colleague"])
    run = request_work(ticket, WorkRequest(team=house.teams["run_engineer"]), by=agent)
    core = request_work(second, WorkRequest(team=house.teams["core_engineer"]), by=agent)
    accept_assignment(core, by=MAKER, person=house.people["core_engineer"])
    supplier = request_work(ticket, WorkRequest(supplier=carrier), by=agent)
    answer = answer_customer(ticket, "C'est réparé.", by=engineer)
    assert isinstance(answer, ProposedAnswer)
    return {
        "work_view": "level-2",
        "corrected": "pauses",
        "assignment_id": asked.pk,
        "accepted_assignment_id": accepted.pk,
        "run_assignment_id": run.pk,
        "core_assignment_id": core.pk,
        "supplier_assignment_id": supplier.pk,
        "build_team_id": house.teams["build_engineer"].pk,
        "supplier_id": carrier.pk,
        "answer_id": answer.pk,
        "answer_mark": answer_fingerprint(answer),
        "told_answer_id": _told_answer(second, engineer),
        "stream": "corporate",
        **_bulk_jobs(ticket, agent),
        "view_id": _kept_view(house, removed=False),
        "removed_view_id": _kept_view(house, removed=True),
        **_walls(house.actor("administrator")),
        "priority": 1,
        "target_id": LevelTarget.objects.get(level="level_2", priority=1).pk,
    }


def _bulk_jobs(ticket: Ticket, by: Actor) -> Mapping[str, object]:
    """A job that waits to be confirmed, and one that is done."""
    shown, done = (
        create_bulk_job(
            BulkJob.Act.TAG,
            BulkParameters(tags=("fibre",)),
            by=by,
            credential="session",
            tickets=[ticket],
            confirmed=confirmed,
        )
        for confirmed in (False, True)
    )
    return {"job_id": shown.pk, "done_job_id": done.pk}


def _walls(by: Actor) -> Mapping[str, object]:
    """The link of a screen, and one that can be revoked."""
    held, key = create_wall_key("Salle", by=by, language="fr")
    return {"wall_key": key, "wall_key_id": held.pk, "figure": "due-4h"}


def _second_ticket(house: Personas) -> Ticket:
    new = NewTicket(
        subject="Débit faible", source=Source.MAIL, customer=house.customer, contact=house.contact
    )
    return receive_ticket(new, by=MAKER)


def _told_answer(ticket: Ticket, engineer: Actor) -> int:
    """An answer that went out with the standing consent of the ticket's owner."""
    answer = answer_customer(ticket, "C'est réparé.", by=engineer)
    assert isinstance(answer, ProposedAnswer)
    message = send_answer(answer, by=replace(engineer, person_id=ticket.owner_id))
    with attributed(MAKER):
        ProposedAnswer.objects.filter(pk=answer.pk).update(decided_by=None, message=message)
    return answer.pk


def _kept_view(house: Personas, *, removed: bool) -> int:
    """A view of the desk agent."""
    agent = house.actor("desk_agent")
    saved = save_view("Late", "open", "clock=late", by=agent)
    if removed:
        remove_view(saved, by=agent)
    return saved.pk

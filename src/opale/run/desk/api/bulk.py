"""Endpoints that run one action on many tickets, with the result of each."""

from collections.abc import Callable
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from opale.endpoints.auth import may
from opale.endpoints.fields import LongText, Moment
from opale.endpoints.http import ActorRequest
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, OpaleError
from opale.organisation.models import Person
from opale.organisation.queries.people import get_person
from opale.run.desk import rights
from opale.run.desk.actions import (
    assignments,
    classifications,
    lifecycle,
    messages,
    ownership,
    pauses,
    ticket_metadata,
)
from opale.run.desk.api.assignments import work_request_of
from opale.run.desk.api.tickets import classification_input_of
from opale.run.desk.models import Pause, Ticket
from opale.run.desk.queries import tickets
from opale.run.desk.shapes.assignments import AskIn
from opale.run.desk.shapes.tickets import ClassificationIn, PauseIn

router = Router()

MOST = 200
NEEDED = {
    "give": "person_id",
    "wait": "wait",
    "classify": "classification",
    "escalate": "work",
}
Act = Literal[
    "take",
    "give",
    "wait",
    "resume",
    "restore",
    "resolve",
    "close",
    "cancel",
    "reopen",
    "classify",
    "escalate",
    "tag",
    "untag",
    "note",
]


class BulkIn(Schema):
    """`act` needs: give `person_id`; wait `wait`; classify `classification`; escalate `work`; tag
    and untag `tags`; note `body`. `at` goes with restore, `cause` with resolve, `reason` with
    cancel and reopen. What somebody else has taken is not taken here: see it, and take it by
    itself."""

    numbers: list[int] = Field(min_length=1, max_length=MOST)
    act: Act
    person_id: int | None = None
    wait: PauseIn | None = None
    at: Moment | None = None
    classification: ClassificationIn | None = None
    work: AskIn | None = None
    tags: list[str] = []
    body: LongText = ""
    cause: LongText = ""
    reason: LongText = ""


class DoneOut(Schema):
    """`code` and `detail` say why an act was refused; both are empty where it was done."""

    number: int
    done: bool
    code: str = ""
    detail: str = ""


class BulkOut(Schema):
    done: int
    refused: int
    results: list[DoneOut]


@router.post("/tickets/bulk", response=BulkOut, auth=may(rights.WORK))
def act_on_tickets(request: ActorRequest, body: BulkIn) -> BulkOut:
    """Each ticket is acted on by itself: one that refuses does not hold the others back."""
    actor = request.actor
    needed = NEEDED.get(body.act)
    if needed and getattr(body, needed) is None:
        raise Invalid(**{needed: _("Required for this action.")})
    person = get_person(body.person_id, seen_by=actor) if body.person_id is not None else None
    ask = work_request_of(body.work, seen_by=actor) if body.work else None
    results = []
    for number in dict.fromkeys(body.numbers):
        try:
            with transaction.atomic():
                _act(tickets.get_ticket(number, seen_by=actor), body, person, ask, actor)
        except OpaleError as refusal:
            results.append(
                DoneOut(number=number, done=False, code=refusal.code, detail=refusal.sentence)
            )
        else:
            results.append(DoneOut(number=number, done=True))
    done = sum(result.done for result in results)
    return BulkOut(done=done, refused=len(results) - done, results=results)


def _act(
    ticket: Ticket,
    body: BulkIn,
    person: Person | None,
    ask: assignments.WorkRequest | None,
    by: Actor,
) -> None:
    acts: dict[str, Callable[[], object]] = {
        "take": lambda: ownership.take_ticket(ticket, by=by),
        "resume": lambda: pauses.resume_ticket(ticket, by=by),
        "restore": lambda: lifecycle.restore_service(ticket, by=by, at=body.at or clock.now()),
        "resolve": lambda: lifecycle.resolve_ticket(ticket, by=by, cause=body.cause),
        "close": lambda: lifecycle.close_ticket(ticket, by=by),
        "cancel": lambda: lifecycle.cancel_ticket(ticket, by=by, reason=body.reason),
        "reopen": lambda: lifecycle.reopen_ticket(ticket, by=by, reason=body.reason),
        "tag": lambda: ticket_metadata.change_tags([ticket], add=body.tags, by=by),
        "untag": lambda: ticket_metadata.change_tags([ticket], remove=body.tags, by=by),
        "note": lambda: messages.write_note(ticket, body.body, by=by),
    }
    if body.act == "give" and person is not None:
        ownership.give_ticket(ticket, person, by=by, seen_owner_id=ticket.owner_id)
    elif body.act == "wait" and body.wait is not None:
        wait = body.wait.dict()
        pauses.pause_ticket(ticket, Pause.Kind(wait.pop("kind")), by=by, **wait)
    elif body.act == "classify" and body.classification is not None:
        said = body.classification
        classifications.reclassify_ticket(
            ticket, classification_input_of(said, seen_by=by), by=by, reason=said.reason
        )
    elif body.act == "escalate" and ask is not None:
        assignments.request_work(ticket, ask, by=by)
    else:
        acts[body.act]()

"""One act on many tickets, with what became of each."""

from collections.abc import Callable
from typing import Literal

from ninja import Field, Router, Schema

from opale.endpoints.auth import may
from opale.endpoints.http import AskedRequest
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, OpaleError
from opale.organisation.models import Person
from opale.organisation.queries import get_person
from opale.run.desk import actions, queries, rights
from opale.run.desk.models import Ticket

router = Router()

MOST = 200
Act = Literal["take", "give", "resolve", "close", "cancel", "reopen", "tag", "untag", "note"]


class BulkIn(Schema):
    """`act` needs: give `person_id`; tag and untag `tags`; note `body`. `cause` goes with resolve,
    `reason` with cancel and reopen."""

    numbers: list[int] = Field(min_length=1, max_length=MOST)
    act: Act
    person_id: int | None = None
    tags: list[str] = []
    body: str = ""
    cause: str = ""
    reason: str = ""


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
def act_on_tickets(request: AskedRequest, body: BulkIn) -> BulkOut:
    """Each ticket is acted on by itself: one that refuses does not hold the others back."""
    actor = request.actor
    if body.act == "give" and body.person_id is None:
        raise Invalid(person_id="Field required")
    person = get_person(body.person_id, seen_by=actor) if body.person_id else None
    results = []
    for number in dict.fromkeys(body.numbers):
        try:
            _act(queries.get_ticket(number, seen_by=actor), body, person, actor)
        except OpaleError as refusal:
            results.append(
                DoneOut(number=number, done=False, code=refusal.code, detail=refusal.sentence)
            )
        else:
            results.append(DoneOut(number=number, done=True))
    done = sum(result.done for result in results)
    return BulkOut(done=done, refused=len(results) - done, results=results)


def _act(ticket: Ticket, body: BulkIn, person: Person | None, by: Actor) -> None:
    acts: dict[str, Callable[[], object]] = {
        "take": lambda: actions.take_ticket(ticket, by=by),
        "resolve": lambda: actions.resolve_ticket(ticket, by=by, cause=body.cause),
        "close": lambda: actions.close_ticket(ticket, by=by),
        "cancel": lambda: actions.cancel_ticket(ticket, by=by, reason=body.reason),
        "reopen": lambda: actions.reopen_ticket(ticket, by=by, reason=body.reason),
        "tag": lambda: actions.set_tags(ticket, {*ticket.tags, *body.tags}, by=by),
        "untag": lambda: actions.set_tags(ticket, {*ticket.tags} - {*body.tags}, by=by),
        "note": lambda: actions.write_note(ticket, body.body, by=by),
    }
    if body.act == "give" and person is not None:
        actions.give_ticket(ticket, person, by=by)
    else:
        acts[body.act]()

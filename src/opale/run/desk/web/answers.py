"""Region of the answers that engineers proposed to the customer."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.run.desk.actions.answers import RefusalReason, answer_fingerprint
from opale.run.desk.forms.answers import AnswerForm
from opale.run.desk.models import ProposedAnswer, Ticket
from opale.run.desk.queries import answers as answer_queries
from opale.run.desk.queries import tickets
from opale.run.desk.queries.related_records import has
from opale.run.desk.rights import CONSOLE


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposed answer as the owner sees it. Its form fields are renamed when its text changes, so
    that edits of the old text are not taken for the new one."""

    row: ProposedAnswer
    mark: str
    form: AnswerForm

    @classmethod
    def of(cls, answer: ProposedAnswer) -> "Waiting":
        mark = answer_fingerprint(answer)
        held = {"body": answer.body, "next_update_at": answer.next_update_at}
        return cls(answer, mark, AnswerForm(initial=held, auto_id=f"answer-{mark}-%s"))


def waiting_context(ticket: Ticket, request: ActorRequest) -> dict[str, Any]:
    """Return the context of the region: the answers that the owner has to decide on or to see."""
    found = (
        answer_queries.answers_for_the_owner(ticket, seen_by=request.actor)
        if has(ticket, ProposedAnswer)
        else []
    )
    return {
        "ticket": ticket,
        "answers": [Waiting.of(answer) for answer in found],
        "mine": ticket.owner_id == request.actor.person_id,
        "actor": request.actor,
        "reasons": RefusalReason.choices,
    }


@require_GET
@needs(CONSOLE)
def waiting(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return render(request, "desk/answers/_waiting.html", waiting_context(ticket, request))

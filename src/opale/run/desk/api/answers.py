"""Endpoints of proposed answers."""

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.run.desk import rights
from opale.run.desk.models import ProposedAnswer
from opale.run.desk.queries import answers as answer_queries
from opale.run.desk.queries import tickets
from opale.run.desk.shapes.answers import AnswerOut

router = Router()


@router.get("/tickets/{int:number}/answers", response=list[AnswerOut], auth=may(rights.CONSOLE))
def list_answers(request: ActorRequest, number: int) -> list[ProposedAnswer]:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return list(answer_queries.answers(seen_by=request.actor).filter(ticket=ticket).order_by("id"))


@router.get("/answers/{int:answer_id}", response=AnswerOut, auth=may(rights.CONSOLE))
def get_answer(request: ActorRequest, answer_id: int) -> ProposedAnswer:
    return answer_queries.get_answer(answer_id, seen_by=request.actor)

"""Endpoints of macros: read, try and run."""

from ninja import Router
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.run.desk import rights
from opale.run.desk.actions import macros
from opale.run.desk.actions.macros import MacroTrial
from opale.run.desk.models import Macro, MacroRun
from opale.run.desk.queries import macros as macro_queries
from opale.run.desk.queries import tickets
from opale.run.desk.shapes.macros import MacroOut, MacroRunOut, MacroTrialOut

router = Router()


@router.get("/desk/macros", response=list[MacroOut], auth=may(rights.CONSOLE))
def list_macros(request: ActorRequest, retired: bool = False) -> list[Macro]:
    """The shared ones and one's own."""
    return list(macro_queries.macros(seen_by=request.actor, retired=retired).order_by("pk")[:500])


@router.get("/desk/macros/{int:macro_id}", response=MacroOut, auth=may(rights.CONSOLE))
def get_macro(request: ActorRequest, macro_id: int) -> Macro:
    return macro_queries.get_macro(macro_id, seen_by=request.actor)


@router.get(
    "/tickets/{int:number}/macros/{int:macro_id}/trial",
    response=MacroTrialOut,
    auth=may(rights.WORK),
)
def try_macro(request: ActorRequest, number: int, macro_id: int) -> MacroTrial:
    """What it would do to the ticket as it stands; nothing of it is done."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    macro = macro_queries.get_macro(macro_id, seen_by=request.actor)
    return macros.try_macro(ticket, macro, by=request.actor)


@router.post(
    "/tickets/{int:number}/macros/{int:macro_id}",
    response={201: MacroRunOut},
    auth=may(rights.WORK),
)
def run_macro(request: ActorRequest, number: int, macro_id: int) -> Status[MacroRun]:
    """All of it, or nothing; with `If-Match` only if the ticket still is as it was seen."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    macro = macro_queries.get_macro(macro_id, seen_by=request.actor)
    return Status(201, macros.run_macro(ticket, macro, by=request.actor))

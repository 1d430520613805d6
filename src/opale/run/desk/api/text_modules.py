"""Endpoints of text modules and of a reply's recipients."""

from datetime import datetime
from typing import Literal

from ninja import Query, Router, Schema

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.run.desk import rights
from opale.run.desk.actions.messages import addressees_of
from opale.run.desk.models import TextModule
from opale.run.desk.queries import recipients, tickets
from opale.run.desk.queries import text_modules as text_module_queries
from opale.run.desk.shapes.text_modules import TextModuleOut

router = Router()
LanguageCode = Literal["fr", "en"]


class UseOut(Schema):
    team: str
    times: int
    last_at: datetime


class WordedOut(Schema):
    """The text for one ticket; `missing` are the variables that have no value there."""

    text: str
    missing: list[str]


class RecipientOut(Schema):
    """`standing`: known, colleague, neighbour, stranger or foreign (of another customer)."""

    email: str
    name: str
    standing: str
    authorities: list[str]


class RecipientsOut(Schema):
    to: list[RecipientOut]
    cc: list[RecipientOut]


@router.get("/desk/text-modules", response=Page[TextModuleOut], auth=may(rights.CONSOLE))
def list_text_modules(
    request: ActorRequest,
    window: Query[Window],
    q: SearchText = "",
    folder: str | None = None,
    retired: bool = False,
) -> Slice[TextModule]:
    """The shared ones and one's own."""
    rows = text_module_queries.text_modules(
        seen_by=request.actor, text=q, folder=folder, retired=retired
    )
    return page(rows.order_by(), window, "folder", "id")


@router.get("/desk/text-modules/{int:module_id}", response=TextModuleOut, auth=may(rights.CONSOLE))
def get_text_module(request: ActorRequest, module_id: int) -> TextModule:
    return text_module_queries.get_text_module(module_id, seen_by=request.actor)


@router.get(
    "/desk/text-modules/{int:module_id}/uses", response=list[UseOut], auth=may(rights.CONSOLE)
)
def list_uses_of_text_module(
    request: ActorRequest, module_id: int
) -> list[text_module_queries.TeamUse]:
    """By team, in the last three months. Who sent it is not kept."""
    return text_module_queries.uses_of_module(
        text_module_queries.get_text_module(module_id, seen_by=request.actor)
    )


@router.get(
    "/tickets/{int:number}/text-modules/{int:module_id}",
    response=WordedOut,
    auth=may(rights.CONSOLE),
)
def word_text_module(
    request: ActorRequest, number: int, module_id: int, language: LanguageCode | None = None
) -> WordedOut:
    """Filled in for the ticket, in its language unless another is asked for."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    module = text_module_queries.get_text_module(module_id, seen_by=request.actor)
    found = text_module_queries.render_module(
        module, ticket, language or ticket.language, by=request.actor
    )
    return WordedOut(text=found.text, missing=[variable.name for variable in found.missing])


@router.get("/tickets/{int:number}/recipients", response=RecipientsOut, auth=may(rights.CONSOLE))
def get_recipients(request: ActorRequest, number: int) -> dict[str, list[recipients.Recipient]]:
    """To whom a reply goes unless said otherwise, and who they are."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    due = addressees_of(ticket)
    return {
        "to": recipients.identify_recipients(ticket, due.to),
        "cc": recipients.identify_recipients(ticket, due.cc),
    }

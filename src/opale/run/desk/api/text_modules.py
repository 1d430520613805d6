"""Endpoints of text modules and of a reply's recipients."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.fields import Text40, Text60, Text100
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.run.desk import rights
from opale.run.desk.actions import text_modules
from opale.run.desk.actions.messages import addressees_of
from opale.run.desk.actions.text_modules import MAX_BODY_LENGTH, TextModuleInput
from opale.run.desk.models import TextModule
from opale.run.desk.queries import recipients, tickets
from opale.run.desk.queries import text_modules as text_module_queries

router = Router()
Body = Annotated[str, Field(max_length=MAX_BODY_LENGTH)]
Tags = Annotated[list[Text40], Field(max_length=20)]
LanguageCode = Literal["fr", "en"]


class ModuleOut(Schema):
    """`times` and `last_at`: how often it was sent in the last three months, and when last."""

    id: int
    name_fr: str
    name_en: str
    body_fr: str
    body_en: str
    folder: str
    tags: list[str]
    personal: bool
    retired_at: datetime | None
    times: int
    last_at: datetime | None

    @staticmethod
    def resolve_personal(row: TextModule) -> bool:
        return row.person_id is not None


class ModuleIn(Schema):
    name_fr: Text100
    name_en: Text100
    body_fr: Body
    body_en: Body
    folder: Text60 = ""
    tags: Tags = []
    personal: bool = False


class ModuleChanges(Schema):
    """What is not named stays."""

    name_fr: Text100 = ""
    name_en: Text100 = ""
    body_fr: Body = ""
    body_en: Body = ""
    folder: Text60 = ""
    tags: Tags = []
    personal: bool = False


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


@router.get("/desk/text-modules", response=Page[ModuleOut], auth=may(rights.CONSOLE))
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


@router.get("/desk/text-modules/{int:module_id}", response=ModuleOut, auth=may(rights.CONSOLE))
def get_text_module(request: ActorRequest, module_id: int) -> TextModule:
    return text_module_queries.get_text_module(module_id, seen_by=request.actor)


@router.post(
    "/desk/text-modules", response={201: ModuleOut}, auth=may(rights.WORK, rights.ADMINISTER)
)
def create_text_module(request: ActorRequest, body: ModuleIn) -> Status[TextModule]:
    """Shared ones need desk.administer, one's own desk.work."""
    said = body.dict() | {"tags": tuple(body.tags)}
    made = text_modules.create_text_module(TextModuleInput(**said), by=request.actor)
    return Status(201, text_module_queries.get_text_module(made.pk, seen_by=request.actor))


@router.patch(
    "/desk/text-modules/{int:module_id}",
    response=ModuleOut,
    auth=may(rights.WORK, rights.ADMINISTER),
)
def edit_text_module(request: ActorRequest, module_id: int, body: ModuleChanges) -> TextModule:
    rows = text_module_queries.text_modules(seen_by=request.actor, retired=True).filter(
        pk=module_id
    )
    with unless_changed(request, rows, ModuleOut) as module:
        sheet = TextModuleInput.of(module)
        said = {name: getattr(sheet, name) for name in TextModuleInput.__dataclass_fields__}
        said |= body.dict(exclude_unset=True)
        said["tags"] = tuple(said["tags"])
        text_modules.edit_text_module(module, TextModuleInput(**said), by=request.actor)
    return text_module_queries.get_text_module(module_id, seen_by=request.actor)


@router.post(
    "/desk/text-modules/{int:module_id}/retirement",
    response=ModuleOut,
    auth=may(rights.WORK, rights.ADMINISTER),
)
def retire_text_module(request: ActorRequest, module_id: int) -> TextModule:
    """It is offered no more; its figures stay."""
    module = text_module_queries.get_text_module(module_id, seen_by=request.actor)
    text_modules.retire_text_module(module, by=request.actor)
    return text_module_queries.get_text_module(module_id, seen_by=request.actor)


@router.post(
    "/desk/text-modules/{int:module_id}/reinstatement",
    response=ModuleOut,
    auth=may(rights.WORK, rights.ADMINISTER),
)
def reinstate_text_module(request: ActorRequest, module_id: int) -> TextModule:
    module = text_module_queries.get_text_module(module_id, seen_by=request.actor)
    text_modules.reinstate_text_module(module, by=request.actor)
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

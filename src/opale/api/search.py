"""Endpoint of search over every app: the same queries and rights as the page's."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from opale.acts.bodies import RowId
from opale.customers.queries import search
from opale.discussions.queries import FoundComment, search_comments
from opale.endpoints.auth import may
from opale.endpoints.fields import Moment
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import SearchText
from opale.infrastructure.queries import search as search_queries
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.kernel.fulltext import SearchQuery, TextPart, excerpt, highlight, parse_query
from opale.organisation.queries import search as organisation_search_queries
from opale.run.desk.queries import ticket_search
from opale.run.desk.queries.ticket_search import FoundTicket, SearchFilters
from opale.run.desk.shapes.tmf621 import TMF621_STATUS
from opale.ui.markdown_text import markdown_as_line

router = Router(tags=["search"])
LONGEST_CURSOR = 18
SHORTEST_NAME = 2


class FoundTicketOut(Schema):
    """`excerpt` is of the message that holds the words, else of the cause: empty where the subject
    alone does. `in_cause` says that the cause holds them.

    `marked` are the words of the excerpt that were meant.
    """

    number: int
    reference: str
    subject: str
    kind: str
    state: str
    customer_id: int | None
    received_at: datetime
    message_id: int | None
    in_cause: bool
    excerpt: str
    marked: list[str]


class FoundCommentOut(Schema):
    """A comment on a record that you may open; `url` is its place on the record's page."""

    id: int
    record_type: str
    record_id: int
    record: str
    author: str
    created_at: datetime
    url: str
    excerpt: str
    marked: list[str]


class FoundNameOut(Schema):
    """`key` is an id, a code or a reference: what the address of the thing is made of."""

    kind: Literal["customer", "contact", "service", "site", "item", "person", "team"]
    key: str
    name: str
    note: str


class SearchOut(Schema):
    """`known` are tickets with exactly this number, ours or another's; `tickets` hold the words.

    Pages of tickets go back in time, the best of a page first. Where time ended before a page was
    full, everything received since `looked_back_to` was looked at, and `next` goes on from there.
    Comments go back in time too: `comments_before` with `next_comments` goes on.
    """

    known: list[FoundTicketOut]
    tickets: list[FoundTicketOut]
    next: str | None
    looked_back_to: datetime | None
    names: list[FoundNameOut]
    comments: list[FoundCommentOut]
    next_comments: int | None


class Asked(Schema):
    place: Annotated[
        Literal["", "subjects", "messages", "causes"],
        Field(alias="in", description="Only in subjects, in messages, or in causes"),
    ] = ""
    kind: Annotated[Literal["", "request", "incident"], Field()] = ""
    state: Annotated[Literal["", "open", "ended"], Field()] = ""
    customer_id: RowId | None = None
    since: Moment | None = None
    until: Moment | None = None
    comments_before: RowId | None = None


@router.get("/search", response=SearchOut, auth=may(""))
def search_everything(
    request: ActorRequest,
    asked: Query[Asked],
    q: SearchText,
    limit: Annotated[int, Field(ge=1, le=100, description="How many tickets at most")] = 25,
    after: Annotated[str, Field(max_length=LONGEST_CURSOR, description="`next` of before")] = "",
) -> dict[str, Any]:
    """Words in any order, `"words in this order"` and `-words` that must not be there.

    In French and in English, without accents, whatever their endings.
    """
    if after and not after.isdecimal():
        raise Invalid(after=_("Not a valid cursor for this list."))
    actor, wanted = request.actor, parse_query(q)
    found = ticket_search.search_tickets(
        wanted,
        seen_by=actor,
        limit=limit,
        narrowing=SearchFilters(
            place=asked.place,
            kind=asked.kind,
            open={"open": True, "ended": False}.get(asked.state),
            customer_id=asked.customer_id,
            since=asked.since,
            until=asked.until,
        ),
        before=int(after) if after else None,
    )
    commented = search_comments(wanted, seen_by=actor, limit=limit, before=asked.comments_before)
    known = [] if after else ticket_search.tickets_with_reference(q, seen_by=actor)
    return {
        "known": _tickets([FoundTicket(ticket, None, 0) for ticket in known], wanted),
        "tickets": _tickets(found.found, wanted),
        "next": str(found.further) if found.further else None,
        "looked_back_to": found.looked_back_to,
        "names": [] if after else _names(wanted.names, actor, limit),
        "comments": _comments(commented.found, wanted),
        "next_comments": commented.further,
    }


def _tickets(found: list[FoundTicket], asked: SearchQuery) -> list[dict[str, Any]]:
    parts = highlight([one.message.body if one.message else one.cause for one in found], asked)
    return [
        _ticket(one, excerpt(body) if one.message or one.cause else [])
        for one, body in zip(found, parts, strict=True)
    ]


def _ticket(one: FoundTicket, parts: list[TextPart]) -> dict[str, Any]:
    ticket = one.ticket
    return {
        "number": ticket.number,
        "reference": ticket.reference,
        "subject": ticket.subject,
        "kind": ticket.kind,
        "state": TMF621_STATUS[ticket.state],
        "customer_id": ticket.customer_id,
        "received_at": ticket.received_at,
        "message_id": one.message.pk if one.message else None,
        "in_cause": bool(one.cause),
        **_said(parts),
    }


def _said(parts: list[TextPart]) -> dict[str, Any]:
    return {
        "excerpt": "".join(part.text for part in parts),
        "marked": list(dict.fromkeys(part.text for part in parts if part.found)),
    }


def _comments(found: list[FoundComment], asked: SearchQuery) -> list[dict[str, Any]]:
    texts = highlight([markdown_as_line(one.comment.text) for one in found], asked)
    return [
        {
            "id": one.comment.pk,
            "record_type": one.record.type,
            "record_id": one.record.id,
            "record": one.record.label,
            "author": one.comment.author.name,
            "created_at": one.comment.created_at,
            "url": one.url,
            **_said(excerpt(parts)),
        }
        for one, parts in zip(found, texts, strict=True)
    ]


def _names(text: str, actor: Actor, limit: int) -> list[dict[str, str]]:
    if len(text) < SHORTEST_NAME:
        return []
    rows = [
        *(
            (one.kind, one.key, one.name, one.note)
            for one in search.search(text, seen_by=actor, limit=limit)
        ),
        *(
            (one.kind, one.key, one.name, one.note)
            for one in search_queries.search(text, seen_by=actor, limit=limit)
        ),
        *(
            (one.kind, str(one.pk), one.name, one.note)
            for one in organisation_search_queries.search(text, seen_by=actor, limit=limit)
        ),
    ]
    return [dict(zip(("kind", "key", "name", "note"), row, strict=True)) for row in rows]

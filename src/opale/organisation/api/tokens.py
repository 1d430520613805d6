"""Endpoints of the actor's own API tokens."""

from datetime import timedelta

from django.http import HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.organisation import rights
from opale.organisation.actions import tokens
from opale.organisation.models import ApiToken
from opale.organisation.queries import reference
from opale.organisation.shapes import MadeToken, NewToken, TokenOut

router = Router()


@router.get("/tokens", response=Page[TokenOut], auth=may(rights.TOKENS))
def list_tokens(request: ActorRequest, window: Query[Window]) -> Slice[ApiToken]:
    return page(reference.tokens(seen_by=request.actor), window, "-id")


@router.post("/tokens", response={201: MadeToken}, auth=may(rights.TOKENS))
def create_token(
    request: ActorRequest, body: NewToken, response: HttpResponse
) -> Status[MadeToken]:
    """The secret is in this answer and nowhere else."""
    token, secret = tokens.create_token(
        by=request.actor,
        name=body.name,
        lifetime=timedelta(days=body.days),
        scopes=body.scopes,
    )
    response.headers["Cache-Control"] = "no-store"
    shown = TokenOut.from_orm(token).dict()
    return Status(201, MadeToken(token=secret, **shown))

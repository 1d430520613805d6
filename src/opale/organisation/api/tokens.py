"""Endpoints of API tokens: one's own."""

from datetime import timedelta

from django.http import HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.http import AskedRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.organisation import actions, queries, rights
from opale.organisation.api.shapes import MadeToken, NewToken, TokenOut
from opale.organisation.models import ApiToken

router = Router()


@router.get("/tokens", response=Page[TokenOut], auth=may(rights.TOKENS))
def list_tokens(request: AskedRequest, window: Query[Window]) -> Slice[ApiToken]:
    return page(queries.tokens(seen_by=request.actor), window, "-id")


@router.post("/tokens", response={201: MadeToken}, auth=may(rights.TOKENS))
def create_token(
    request: AskedRequest, body: NewToken, response: HttpResponse
) -> Status[MadeToken]:
    """The secret is in this answer and nowhere else."""
    token, secret = actions.create_token(
        by=request.actor,
        name=body.name,
        lifetime=timedelta(days=body.days),
        scopes=body.scopes,
    )
    response.headers["Cache-Control"] = "no-store"
    shown = TokenOut.from_orm(token).dict()
    return Status(201, MadeToken(token=secret, **shown))


@router.delete("/tokens/{int:token_id}", response={204: None}, auth=may(rights.TOKENS))
def revoke_token(request: AskedRequest, token_id: int) -> Status[None]:
    """It opens nothing from this moment on."""
    actions.revoke_token(token_id, by=request.actor)
    return Status(204, None)

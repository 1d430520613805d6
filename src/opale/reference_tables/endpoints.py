"""Endpoints of a reference table: list, one row, create and change."""

import inspect
from typing import Any

from ninja import Router

from opale.acts.endpoints import endpoints
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.listings.endpoints import list_endpoint
from opale.reference_tables.declarations import ReferenceTable


def endpoints_of(router: Router, table: ReferenceTable) -> None:
    """Add the endpoints of a reference table to the router of its app."""
    listing, subject = table.listing, table.subject
    list_endpoint(
        router, table.collection.endpoint, listing, subject.shape, name=f"list_{listing.name}",
        text=table.list_text,
    )  # fmt: skip

    def view(request: ActorRequest, **named: Any) -> Any:
        return subject.again(named, {}, seen_by=request.actor)

    either = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter("request", either),
        inspect.Parameter(subject.endpoint_key, either, annotation=int),
    ]
    view.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by ninja
    view.__name__ = view.__qualname__ = f"get_{subject.name}"
    router.get(subject.endpoint, response=subject.shape, auth=may(listing.right))(view)
    endpoints(router, table.acts)

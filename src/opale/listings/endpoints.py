"""Endpoint of a listing: the same filters, search and order as its page, paged by cursor."""

import inspect
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from ninja import Query, Router, Schema
from ninja.constants import NOT_SET

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page_in
from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed
from opale.kernel.keyset import Order
from opale.listings.declarations import Listing
from opale.listings.filters import Filter
from opale.listings.selection import Selection, order_of, sortable

PARAMETER: Final = re.compile(r"{int:(\w+)}")


def list_endpoint(
    router: Router,
    path: str,
    listing: Listing,
    out: type[Schema],
    *,
    name: str,
    right: str = "",
    text: str = "",
    rows: Callable[[Any], Any] = lambda found: found,
    items: Callable[[Sequence[Any], Actor], Sequence[Any]] | None = None,
    order: Order | None = None,
) -> None:
    """Add the operation `name` that lists a listing at `path` in the shape `out`.

    `rows` loads what the shape reads, where that is more than the listing's own `rows` bring.
    `items` turns the rows of a page into what the shape reads, where that depends on the reader.
    `text` describes the operation. `right` opens it, where that is another than the page's. `order`
    is how programs read it unless they say otherwise, where the page opens with what changes while
    somebody walks through it. A parameter of a filter that the path names stands there.
    """
    above = frozenset(PARAMETER.findall(path))
    sorts = [f"{sign}{one.name}" for one in listing.columns if one.order for sign in ("", "-")]

    def view(request: ActorRequest, window: Window, **asked: Any) -> Slice[Any]:
        sort = asked.pop("sort", "")
        if sort and sort not in sortable(listing, request.actor):
            raise NotAllowed
        values = {
            one.name: value
            for one in listing.filters
            if one.api_name and (value := one.asked(asked)) is not None
        }
        selection = Selection(listing, request.actor, values, sort)
        if refused := values.keys() - {one.name for one in selection.filters}:
            raise NotAllowed(", ".join(sorted(refused)))
        found = selection.narrowed()
        for column in filter(None, [listing.column(sort.lstrip("-"))]):
            found = column.loads(found, request.actor) if column.loads else found
        sorting = order if order and not sort else order_of(listing, sort)
        answer = page_in(rows(found), window, sorting)
        return replace(answer, items=list(items(answer.items, request.actor))) if items else answer

    named = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        inspect.Parameter("window", named, annotation=Query[Window]),
    ]
    for one in listing.filters:
        parameters += _parameters_of(one, above)
    if sorts:
        kind: Any = Literal[("", *sorts)]
        parameters.append(inspect.Parameter("sort", named, annotation=kind, default=""))
    view.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by ninja
    view.__name__ = view.__qualname__ = name
    view.__doc__ = text or None
    router.get(path, response=Page[out], auth=may(right or listing.right) or NOT_SET)(view)  # type: ignore[valid-type]  # made here


def _parameters_of(one: Filter, above: Collection[str]) -> list[inspect.Parameter]:
    named = inspect.Parameter.KEYWORD_ONLY
    return [
        inspect.Parameter(name, named, annotation=int)
        if name in above
        else inspect.Parameter(name, named, annotation=kind, default=default)
        for name, (kind, default) in one.parameters().items()
    ]

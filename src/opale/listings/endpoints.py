"""Endpoint of a listing: the same filters, search and order as its page, paged by cursor."""

import inspect
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Final, Literal

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.constants import NOT_SET
from pydantic import Field, create_model

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page_in
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, NotAllowed
from opale.kernel.keyset import Order
from opale.listings.bulk import get_act, rows_of_keys, trial, undo, undo_token
from opale.listings.bulk import run as run_act
from opale.listings.declarations import BulkAct, Listing
from opale.listings.filters import Filter
from opale.listings.groups import groups_of
from opale.listings.selection import IS_NOT, Selection, groupable, order_of, sortable
from opale.listings.shapes import BulkActFields, BulkActOut, BulkUndoIn, GroupCountOut

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
        selection = _selected(listing, request.actor, asked, sort)
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
    parameters += _inverting(listing, above)
    if sorts:
        kind: Any = Literal[("", *sorts)]
        parameters.append(inspect.Parameter("sort", named, annotation=kind, default=""))
    view.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by ninja
    view.__name__ = view.__qualname__ = name
    view.__doc__ = text or None
    router.get(path, response=Page[out], auth=may(right or listing.right) or NOT_SET)(view)  # type: ignore[valid-type]  # made here
    if any(one.group for one in listing.columns):
        counted = name.replace("list_", "count_", 1)
        group_endpoint(router, f"{path}/groups", listing, name=counted, right=right)


def group_endpoint(
    router: Router, path: str, listing: Listing, *, name: str, right: str = ""
) -> None:
    """Add the operation `name` that counts a listing's lines by a column, under its filters."""
    above = frozenset(PARAMETER.findall(path))
    groups = [one.name for one in listing.columns if one.group is not None]

    def view(request: ActorRequest, group: str, **asked: Any) -> list[GroupCountOut]:
        if group not in groupable(listing, request.actor):
            raise NotAllowed
        selection = replace(_selected(listing, request.actor, asked), group=group)
        return [GroupCountOut.of(one) for one in groups_of(selection).counts]

    named = inspect.Parameter.KEYWORD_ONLY
    kind: Any = Literal[tuple(groups)]
    parameters = [
        inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        inspect.Parameter("group", named, annotation=kind),
    ]
    for one in listing.filters:
        parameters += _parameters_of(one, above)
    parameters += _inverting(listing, above)
    view.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by ninja
    view.__name__ = view.__qualname__ = name
    router.get(path, response=list[GroupCountOut], auth=may(right or listing.right) or NOT_SET)(
        view
    )


def _selected(
    listing: Listing, actor: Actor, asked: Mapping[str, Any], sort: str = ""
) -> Selection:
    """Return the selection that a program asks for. Errors: NotAllowed."""
    values = {
        one.name: value
        for one in listing.filters
        if one.api_name and (value := one.asked(asked)) is not None
    }
    negated = _negated(listing, asked.get(IS_NOT, ""), values)
    selection = Selection(listing, actor, values, sort, negated=negated)
    if refused := values.keys() - {one.name for one in selection.filters}:
        raise NotAllowed(", ".join(sorted(refused)))
    return selection


def _negated(listing: Listing, said: str, values: Mapping[str, Any]) -> frozenset[str]:
    """Return the filters that a program inverts. Errors: Invalid (one that is not given)."""
    known = {one.api_name: one.name for one in listing.filters if one.api_name and one.negatable}
    asked = [name.strip() for name in said.split(",") if name.strip()]
    if any(known.get(name) not in values for name in asked):
        raise Invalid(is_not=_("Name filters of this request that can be inverted."))
    return frozenset(known[name] for name in asked)


def _inverting(listing: Listing, above: Collection[str]) -> list[inspect.Parameter]:
    """Return the parameter that names the filters to invert."""
    offered = [one for one in listing.filters if listing.inverts and one.negatable]
    names = [
        one.api_name for one in offered if one.parameters() and not above & one.parameters().keys()
    ]
    if not names:
        return []
    text = f"Filters to invert, with commas between them: {', '.join(names)}"
    kind: Any = Annotated[str, Field(max_length=300, description=text)]
    named = inspect.Parameter.KEYWORD_ONLY
    return [inspect.Parameter(IS_NOT, named, annotation=kind, default="")]


def _parameters_of(one: Filter, above: Collection[str]) -> list[inspect.Parameter]:
    named = inspect.Parameter.KEYWORD_ONLY
    return [
        inspect.Parameter(name, named, annotation=int)
        if name in above
        else inspect.Parameter(name, named, annotation=kind, default=default)
        for name, (kind, default) in one.parameters().items()
    ]


def bulk_endpoint(router: Router, path: str, listing: Listing, *, name: str, right: str) -> None:
    """Add the operations `name` and `undo_<name>`: an act on several lines of a listing.

    The fields of an act are those of its form on the page. Called once all apps have offered
    theirs.
    """
    acts = (*listing.acts, *listing.further_acts)
    asks = {act.name: act.form for act in acts}
    named: Any = Literal[tuple(asks)]
    body = create_model("BulkActIn", __base__=BulkActFields, act=(named, ...))

    def view(request: ActorRequest, body: Any) -> BulkActOut:
        act = get_act(listing, body.act, request.actor)
        rows = rows_of_keys(listing, body.ids, request.actor)
        fields: dict[str, Any] = {}
        if act.form is not None:
            form = act.form(body.fields, by=request.actor)
            if not form.is_valid():
                raise Invalid(**{one: str(said[0]) for one, said in form.errors.items()})
            fields = form.cleaned_data
        run = trial if body.dry_run else run_act
        outcome = run(act, rows, fields, by=request.actor)
        token = "" if body.dry_run else undo_token(listing, act, outcome)
        return BulkActOut.of(outcome, token)

    def undo_view(request: ActorRequest, body: BulkUndoIn) -> BulkActOut:
        _listing, outcome = undo(body.undo, by=request.actor)
        return BulkActOut.of(outcome)

    view.__annotations__["body"] = body
    asked = "; ".join(f"{act.name}: {', '.join(_fields_of(act)) or 'no fields'}" for act in acts)
    view.__doc__ = f"""Each line by itself: one that refuses does not hold the others back.

    `dry_run` changes nothing. `undo` undoes what was done, for an hour. Fields: {asked}."""
    undo_view.__doc__ = "Lines that changed since, or may not be changed, keep what they are."
    for operation, at, call in ((name, path, view), (f"undo_{name}", f"{path}/undo", undo_view)):
        call.__name__ = call.__qualname__ = operation
        router.post(at, response=BulkActOut, auth=may(right))(call)


def _fields_of(act: BulkAct) -> Collection[str]:
    made = act.form and getattr(act.form, "base_fields", {})
    return list(made or ())

"""Conventions of TM Forum's Open APIs (TMF630): errors with their body, lists by offset and limit,
`fields=`, filters by the text that was returned. No business term; apps map their own resources.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any, Final, TypeVar, cast

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from ninja.errors import HttpError

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.preconditions import etag_of
from opale.endpoints.problems import ChangedSince, add_retry_after, status_of
from opale.endpoints.service import StrictParser
from opale.kernel.actor import NOBODY
from opale.kernel.errors import Invalid, NotFound, OpaleError

ROOT: Final = "tmf-api"
LIMIT: Final = 100
MOST: Final = 1000
MOST_VALUES: Final = 50
DEEPEST: Final = 4
DEEPEST_BODY: Final = 64
RESERVED: Final = frozenset({"fields", "offset", "limit", "sort"})
FARTHEST: Final = 10**9

Handler = Callable[..., HttpResponse]
R = TypeVar("R", bound="QuerySet[Any]")


def error_response(status: int, code: str, reason: str, message: str = "") -> JsonResponse:
    """Return an error as TMF630 writes it: `status` is a text there."""
    body = {"@type": "Error", "code": code, "reason": reason, "status": str(status)}
    return JsonResponse(body | ({"message": message} if message else {}), status=status)


def error_for(error: OpaleError) -> JsonResponse:
    status = 400 if isinstance(error, Invalid) else status_of(error)
    fields: Mapping[str, str] = getattr(error, "fields", {})
    told = "; ".join(f"{name}: {sentence}" for name, sentence in fields.items())
    return add_retry_after(error_response(status, error.code, error.sentence, told), error)


def resource_view(right: str, *, changing: str = "", **handlers: Handler) -> Handler:
    """Return the view of one address, open to holders of `right`.

    `verbs(READ, changing=WORK, get=..., post=...)`

    Methods that change something need `changing`, where it is given. Clients show an API token, or
    the browser's session with its CSRF token, as in the rest of the API.
    """

    def view(request: HttpRequest, **named: Any) -> HttpResponse:
        method = "get" if request.method == "HEAD" else str(request.method).lower()
        handler = handlers.get(method)
        if handler is None:
            response: HttpResponse = error_response(
                405, "method_not_allowed", _("This address does not support this method.")
            )
            response.headers["Allow"] = ", ".join(sorted(name.upper() for name in handlers))
            return response
        try:
            needed = right if method == "get" else changing or right
            if not any(way(request) for way in may(needed)):
                response = error_response(
                    401, "not_authenticated", _("Log in, or send a valid API token.")
                )
                response.headers["WWW-Authenticate"] = "Bearer"
                return response
            _check_query(request.GET)
            return handler(cast(ActorRequest, request), **named)
        except OpaleError as error:
            return error_for(error)

    view.right = right  # type: ignore[attr-defined]  # read by the table of routes
    view.csrf_exempt = True  # type: ignore[attr-defined]  # asked for above, of sessions alone
    return view


def unknown_address(request: HttpRequest, rest: str) -> HttpResponse:
    return error_for(NotFound())


unknown_address.csrf_exempt = True  # type: ignore[attr-defined]  # it does nothing


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Return the object that was sent. Errors: Invalid."""
    try:
        body = StrictParser().parse_body(request)
    except HttpError as error:
        raise Invalid(error.message) from error
    except (ValueError, RecursionError) as error:
        raise Invalid(_("Not valid JSON.")) from error
    if not isinstance(body, dict):
        raise Invalid(_("Give an object."))
    require_storable(body)
    return body


def require_match(request: HttpRequest, shown: Mapping[str, Any]) -> None:
    """Check `If-Match` against the present representation. Errors: ChangedSince (412)."""
    expected = parse_etags(request.headers.get("If-Match", "*"))
    if expected != ["*"] and etag_of(shown) not in expected:
        raise ChangedSince


def require_storable(body: object) -> None:
    """Check that a body that was read can be written as it is. Errors: Invalid."""
    if _too_deep(body):
        raise Invalid(_("The body is nested too deeply."))
    try:
        json.dumps(body, allow_nan=False)
    except ValueError as error:  # 1e999 is no number that can be kept
        raise Invalid(_("Not valid JSON.")) from error


def _too_deep(body: object) -> bool:
    level: list[Any] = [body]
    for _depth in range(DEEPEST_BODY):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


@dataclass(frozen=True, slots=True)
class OffsetWindow:
    offset: int
    limit: int


def parse_offset_window(asked: QueryDict) -> OffsetWindow:
    """Parse offset and limit. Errors: Invalid."""
    return OffsetWindow(
        _whole_number(asked.get("offset", "0"), "offset", FARTHEST),
        _whole_number(asked.get("limit", str(LIMIT)), "limit", MOST),
    )


def _whole_number(text: str, field: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise Invalid(**{field: _("Give a whole number.")})
    return min(int(text[:18]), most)


def list_response(found: Sequence[Mapping[str, Any]], total: int, asked: QueryDict) -> JsonResponse:
    """Return a list with the number of its items, and of all items."""
    response = JsonResponse([select_fields(one, asked) for one in found], safe=False)
    response.headers["X-Total-Count"] = str(total)
    response.headers["X-Result-Count"] = str(len(found))
    return response


def select_fields(found: Mapping[str, Any], asked: QueryDict) -> dict[str, Any]:
    """Return the members that `fields=` names; `id` and `href` are always there, and alone with
    `none`.
    """
    if "fields" not in asked:
        return dict(found)
    named = {
        name.strip().split(".")[0] for text in asked.getlist("fields") for name in text.split(",")
    }
    return {name: found[name] for name in found if name in named | {"id", "href"}}


def filters_of(
    request: HttpRequest, *, sentences: Collection[str] = ()
) -> Iterator[tuple[str, list[str]]]:
    """Return each attribute that is filtered by, with the texts that it may have.

    A comma separates texts, except in attributes that hold sentences. A "+" is read both as a
    blank, which forms write so, and as a literal "+".
    """
    sent = QueryDict(request.META.get("QUERY_STRING", "").replace("+", "%2B"))
    for name in request.GET:
        if name not in RESERVED:
            values = request.GET.getlist(name) + sent.getlist(name)
            found = _texts(values, whole=name in sentences)
            yield name, list(islice(dict.fromkeys(found), MOST_VALUES))


def filtered(
    rows: R, request: HttpRequest, having: Callable[[str, str], Q], *, sentences: Collection[str]
) -> R:
    """Return the rows whose attributes are each equal to one of the texts that they may have.

    `having` is the condition for an attribute and one of its texts; `sentences` as in `filters_of`.
    """
    for name, texts in filters_of(request, sentences=sentences):
        wanted = NOBODY
        for text in texts:
            wanted |= having(name, text)
        rows = rows.filter(wanted)
    return rows


def ordered(
    rows: R, request: HttpRequest, columns: Mapping[str, str], *, last: str, refusal: str
) -> R:
    """Return the rows as `sort=` says, by the columns of attributes, and at last by `last`.

    Errors: Invalid (with `refusal`: it cannot be sorted like this).
    """
    order = []
    for word in filter(None, request.GET.get("sort", "").split(",")):
        column = columns.get(word.strip().lstrip("-+"))
        if column is None:
            raise Invalid(sort=refusal)
        order.append(f"-{column}" if word.strip().startswith("-") else column)
    return rows.order_by(*order, last)


def _texts(values: Iterable[str], *, whole: bool) -> Iterator[str]:
    """Return the filter's text as it is, without its quotes, and as a list split at commas."""
    for value in values:
        yield value
        for text in (value, *(value.split(",") if "," in value and not whole else ())):
            bare = text.strip()
            if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'":
                bare = bare[1:-1]
            yield bare


def containing(path: Sequence[str], text: str) -> Iterator[Any]:
    """Return all JSON forms with `text` at `path`, whether steps are objects or lists of them."""
    leaves: list[Any] = [text]
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        plain = text
    if isinstance(plain, bool | int | float) and plain not in (float("inf"), float("-inf")):
        leaves += [plain] if plain == plain else []  # NaN is no number that is kept
    steps = list(path)[:DEEPEST]
    for leaf, *lists in product(leaves, *([(False, True)] * len(steps))):
        found: Any = leaf
        for step, in_list in zip(reversed(steps), lists, strict=True):
            found = {step: [found] if in_list else found}
        yield found


def merged(before: Any, patch: Any) -> Any:
    """Return the merge patch of RFC 7396: null removes, objects merge, all else is replaced."""
    if not isinstance(patch, dict):
        return patch
    found = dict(before) if isinstance(before, dict) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), value)
    return found


def _check_query(asked: QueryDict) -> None:
    for name, values in asked.lists():
        if "\x00" in name or any("\x00" in value for value in values):
            raise Invalid(_("The text contains a character that cannot be stored."))

"""Errors of the kernel as JSON problems (RFC 9457): a stable code, a sentence, fields."""

import math
import re
from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from opale.kernel.errors import (
    Conflict,
    IllegalMove,
    Invalid,
    NotAllowed,
    NotFound,
    OpaleError,
    TooMany,
    Unavailable,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CONTENT_TYPE = "application/problem+json"
R = TypeVar("R", bound=HttpResponse)

gettext_noop("Somebody else changed this since you read it. Nothing was overwritten.")


class ChangedSince(Conflict):
    """Somebody else changed this since you read it. Nothing was overwritten."""

    code = "changed_since"


PLAIN: Mapping[str, "_StrPromise"] = {
    "missing": gettext_lazy("This value is required."),
    "extra_forbidden": gettext_lazy("Unknown name."),
    "json_invalid": gettext_lazy("Not valid JSON."),
    "int": gettext_lazy("Give a whole number."),
    "float": gettext_lazy("Give a number."),
    "decimal": gettext_lazy("Give a number."),
    "bool": gettext_lazy("Give true or false."),
    "string_type": gettext_lazy("Give a text."),
    "list_type": gettext_lazy("Give a list."),
    "dict_type": gettext_lazy("Give an object."),
    "model_type": gettext_lazy("Give an object."),
    "model_attributes_type": gettext_lazy("Give an object."),
    "time_delta_parsing": gettext_lazy("Give a duration as PT2H30M."),
    "date": gettext_lazy("Give a day as 2026-11-25."),
    "time": gettext_lazy("Give a time of day as 14:30."),
    "timezone_aware": gettext_lazy("Include the time zone: 2026-11-25T14:30:00+01:00 or Z."),
    "datetime": gettext_lazy("Give a moment as 2026-11-25T14:30:00+01:00."),
}
"""Sentences by the type of the library's error, or by its part before the first underscore."""
LIMITED: Mapping[str, "_StrPromise"] = {
    "enum": gettext_lazy("Give one of %(limit)s."),
    "literal_error": gettext_lazy("Give one of %(limit)s."),
    "string_too_short": gettext_lazy("Give at least %(limit)s characters."),
    "string_too_long": gettext_lazy("Give at most %(limit)s characters."),
    "too_short": gettext_lazy("Give at least %(limit)s entries."),
    "too_long": gettext_lazy("Give at most %(limit)s entries."),
    "greater_than": gettext_lazy("Give more than %(limit)s."),
    "greater_than_equal": gettext_lazy("Give %(limit)s or more."),
    "less_than": gettext_lazy("Give less than %(limit)s."),
    "less_than_equal": gettext_lazy("Give %(limit)s or less."),
}

OF_THE_VALUE: Final = frozenset({"field_type", "actual_length"})
"""What the library tells of the refused value, beside the limit."""

STATUSES: Mapping[type[OpaleError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    ChangedSince: 412,
    IllegalMove: 409,
    Conflict: 409,
    Invalid: 422,
    TooMany: 429,
    Unavailable: 503,
    OpaleError: 500,
}


CHOICE: Final = re.compile(r"(?:function-[a-z]+|literal)\[.*\]")
"""What the library calls one of several kinds that a field may be of: the name of a function, with
its place in the memory.
"""


class Problem(Schema):
    """What went wrong. `code` is stable, `detail` is a sentence for people, in their language."""

    status: int
    code: str
    detail: str
    fields: dict[str, str] = {}


def status_of(error: OpaleError) -> int:
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def problem_response(
    status: int, code: str, detail: str, fields: Mapping[str, str] | None = None
) -> JsonResponse:
    body = {"status": status, "code": code, "detail": detail, "fields": dict(fields or {})}
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def unknown_names(strange: Iterable[str], known: Iterable[str]) -> JsonResponse:
    """Return the answer to a request with parameters that its address does not know."""
    names = ", ".join(sorted(known))
    sentence = str(PLAIN["extra_forbidden"])
    if names:
        sentence = _("Unknown name. Known names: %(names)s.") % {"names": names}
    detail = _("Some values are not valid.")
    return problem_response(422, Invalid.code, detail, dict.fromkeys(sorted(strange), sentence))


def wrong_method(allowed: str) -> JsonResponse:
    response = problem_response(
        405, "method_not_allowed", _("This address does not support this method.")
    )
    response.headers["Allow"] = allowed
    return response


def not_authenticated() -> JsonResponse:
    """Return the answer to a request of nobody that is known."""
    detail = _("Log in, or send a valid API token.")
    response = problem_response(401, "not_authenticated", detail)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def problem(error: OpaleError) -> JsonResponse:
    """Return the answer to a kernel error."""
    response = problem_response(
        status_of(error), error.code, error.sentence, getattr(error, "fields", None)
    )
    return add_retry_after(response, error)


def add_retry_after(response: R, error: OpaleError) -> R:
    """Say in how many seconds to try again, where the error knows it."""
    if isinstance(error, TooMany | Unavailable):
        seconds = max(1, math.ceil(error.retry_after.total_seconds()))
        response.headers["Retry-After"] = str(seconds)
    return response


def register(api: NinjaAPI) -> None:
    """Answer every error of an endpoint as a problem; unforeseen ones stay failures."""

    @api.exception_handler(OpaleError)
    def refused(request: HttpRequest, error: OpaleError) -> JsonResponse:
        return problem(error)

    @api.exception_handler(ValidationError)
    def unreadable(request: HttpRequest, error: ValidationError) -> JsonResponse:
        detail = _("Some values are not valid.")
        fields: dict[str, str] = {}
        for name, sentence in map(_field, error.errors):
            fields.setdefault(name, sentence)
        return problem_response(422, Invalid.code, detail, fields)

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> JsonResponse:
        return not_authenticated()

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> JsonResponse:
        return problem(NotFound())

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, error: HttpError) -> JsonResponse:
        if isinstance(error.__cause__, OpaleError):
            return problem(error.__cause__)
        return problem_response(error.status_code, "bad_request", _why(error))


def _why(error: HttpError) -> str:
    """Return why a body cannot be read: the cause of the library's error, which says no more."""
    met = error.__cause__
    if isinstance(met, HttpError):
        return str(met.message)
    unreadable = isinstance(met, (ValueError, RecursionError))
    return str(PLAIN["json_invalid"] if unreadable else error.message)


def _field(error: Mapping[str, Any]) -> tuple[str, str]:
    """Return the place of a validation error without the Python argument's name: `person.name`."""
    parts = [str(part) for part in error["loc"]]
    place = list(takewhile(lambda part: not CHOICE.fullmatch(part), parts))
    path = place[2:] if place[0] == "body" and len(place) > 2 else place[1:]
    return ".".join(path) or place[0], _sentence(error)


def _sentence(error: Mapping[str, Any]) -> str:
    """Return the sentence of an error in the reader's language; rare ones stay in the library's."""
    kind, limits = str(error["type"]), error.get("ctx", {})
    if sentence := PLAIN.get(kind) or PLAIN.get(kind.partition("_")[0]):
        return str(sentence)
    if sentence := LIMITED.get(kind):
        named = [value for name, value in limits.items() if name not in OF_THE_VALUE]
        limit = str(next(iter(named), "")).replace(" or ", ", ")
        return sentence % {"limit": limit}
    return str(error["msg"])

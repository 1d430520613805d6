"""Errors of the kernel as JSON problems (RFC 9457): a stable code, a sentence, fields."""

import math
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from opale.kernel.errors import (
    Conflict,
    IllegalMove,
    Invalid,
    NotAllowed,
    NotFound,
    OpaleError,
    Unavailable,
)

CONTENT_TYPE = "application/problem+json"

gettext_noop("Somebody else changed this since you read it. Nothing was overwritten.")


class ChangedSince(Conflict):
    """Somebody else changed this since you read it. Nothing was overwritten."""

    code = "changed_since"


STATUSES: Mapping[type[OpaleError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    ChangedSince: 412,
    IllegalMove: 409,
    Conflict: 409,
    Invalid: 422,
    Unavailable: 503,
    OpaleError: 500,
}


class Problem(Schema):
    """What went wrong. `code` is stable, `detail` is a sentence for people, in their language."""

    status: int
    code: str
    detail: str
    fields: dict[str, str] = {}


def status_of(error: OpaleError) -> int:
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def answer(
    status: int, code: str, detail: str, fields: Mapping[str, str] | None = None
) -> JsonResponse:
    body = {"status": status, "code": code, "detail": detail, "fields": dict(fields or {})}
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def problem(error: OpaleError) -> JsonResponse:
    """The answer to a kernel error."""
    response = answer(status_of(error), error.code, error.sentence, getattr(error, "fields", None))
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = str(math.ceil(error.retry_after.total_seconds()))
    return response


def register(api: NinjaAPI) -> None:
    """Let every error of an endpoint answer as a problem; what is unforeseen stays a failure."""

    @api.exception_handler(OpaleError)
    def refused(request: HttpRequest, error: OpaleError) -> JsonResponse:
        return problem(error)

    @api.exception_handler(ValidationError)
    def unreadable(request: HttpRequest, error: ValidationError) -> JsonResponse:
        detail = _("Some of what was sent cannot be accepted.")
        return answer(422, Invalid.code, detail, dict(map(_field, error.errors)))

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> JsonResponse:
        detail = _("Log in, or send a valid API token.")
        response = answer(401, "not_authenticated", detail)
        response.headers["WWW-Authenticate"] = "Bearer"
        return response

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> JsonResponse:
        return problem(NotFound())

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, error: HttpError) -> JsonResponse:
        return answer(error.status_code, "bad_request", error.message)


def _field(error: Mapping[str, Any]) -> tuple[str, str]:
    """The place of a validation error without the name of the Python argument: `person.name`."""
    place = [str(part) for part in error["loc"]]
    path = place[2:] if place[0] == "body" and len(place) > 2 else place[1:]
    return ".".join(path) or place[0], str(error["msg"])

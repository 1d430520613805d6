"""Errors of Opale itself, of its database, or of a request that cannot be read: a problem to a
program, a page to a person.
"""

import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import psycopg
from django.core.handlers.wsgi import WSGIRequest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from opale.endpoints import problems, tmf
from opale.kernel.errors import OpaleError, Unavailable
from opale.kernel.query_limits import client_left
from opale.organisation.web.middleware import language_of
from opale.ui import refusals

CODE: Final = "internal_error"
UNREADABLE: Final = "bad_request"
UNREADABLE_STATUS: Final = 400
CLIENT_LEFT: Final = 499
"""Status of web servers for a client that did not wait."""
AWAY: Final = (OperationalError, InterfaceError, psycopg.OperationalError)
"""Exceptions of a database that restarts, or has no connection left for the moment."""
RETRY: Final = timedelta(seconds=5)


def server_error(request: HttpRequest) -> HttpResponse:
    """Return 500, or 503 with Retry-After. Django calls it while it handles the exception."""
    away = isinstance(sys.exception(), AWAY)
    if away and client_left():
        return _for_nobody()
    status, code = (503, Unavailable.code) if away else (500, CODE)
    # The actor may not be known yet: then the language is that of the browser.
    language = getattr(request, "LANGUAGE_CODE", "") or language_of(request, None)
    with translation.override(language):
        answer = _told(request, status, code)
    if away:
        answer.headers["Retry-After"] = str(RETRY.seconds)
    return answer


def _for_nobody() -> HttpResponse:
    """Return an answer that nobody reads, to a request whose statement ended with its client."""
    answer = HttpResponse(status=CLIENT_LEFT)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's
    return answer


def refused(environ: dict[str, Any], error: OpaleError, language: str) -> HttpResponse:
    """Return a refusal made after the response of a request, which it replaces."""
    request = WSGIRequest(environ)
    with translation.override(language):
        if request.path.startswith("/api/"):
            return problems.problem(error)
        if request.path.startswith(f"/{tmf.ROOT}/"):
            return tmf.error_for(error)
        status = problems.status_of(error)
        response = refusals.render_refusal(request, status, error.sentence, broken=True)
        return problems.add_retry_after(response, error)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return 400 for what Django itself cannot read: a broken multipart body, too many fields."""
    language = getattr(request, "LANGUAGE_CODE", "") or language_of(request, None)
    with translation.override(language):
        return _told(request, UNREADABLE_STATUS, UNREADABLE)


def _told(request: HttpRequest, status: int, code: str) -> HttpResponse:
    said = refusals.describe_refusal(status)
    if status == UNREADABLE_STATUS:  # what a page says of its browser is nothing to a program
        said = replace(said, happened=_("The body of this request could not be read."), do="")
    if request.path.startswith("/api/"):
        return problems.problem_response(status, code, f"{said.happened} {said.do}".strip())
    if request.path.startswith(f"/{tmf.ROOT}/"):
        return tmf.error_response(status, code, said.happened, said.do)
    return refusals.render_refusal(request, status, broken=status >= 500)

"""What is said where Opale itself failed: a problem to a program, a page to a person."""

from typing import Final

from django.http import HttpRequest, HttpResponse

from opale.endpoints import problems, tmf
from opale.ui import refusals, views

CODE: Final = "internal_error"


def server_error(request: HttpRequest) -> HttpResponse:
    said = refusals.describe(500)
    if request.path.startswith("/api/"):
        return problems.answer(500, CODE, f"{said.happened} {said.do}")
    if request.path.startswith(f"/{tmf.ROOT}/"):
        return tmf.refusal(500, CODE, said.happened, said.do)
    return views.server_error(request)

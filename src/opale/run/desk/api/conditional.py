"""`If-Match` for every action on a ticket: done only if the ticket has not changed since it was
read."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from opale.endpoints.http import ActorRequest
from opale.endpoints.preconditions import unless_changed
from opale.endpoints.problems import ChangedSince, problem
from opale.kernel.errors import NotFound
from opale.kernel.isolation import as_application
from opale.run.desk.queries import tickets
from opale.run.desk.shapes.tickets import TicketOut

Run = Callable[..., HttpResponse]


def unless_ticket_changed(run: Run) -> Run:
    """Wrap an operation's run: with the header, action and comparison are one transaction.

    A PATCH changes what is read at an address of its own, and compares that itself.
    """

    @wraps(run)
    def guarded(request: HttpRequest, **values: Any) -> HttpResponse:
        number = values.get("number")
        if request.method in ("GET", "PATCH") or number is None:
            return run(request, **values)
        if "If-Match" not in request.headers:
            return run(request, **values)
        rows = tickets.tickets_numbered(number, seen_by=cast(ActorRequest, request).actor)
        try:
            with transaction.atomic():
                # A contact's own database role may lock nothing; the lock stays until the end.
                with as_application(), unless_changed(request, rows, TicketOut):
                    pass
                return run(request, **values)
        except (NotFound, ChangedSince) as refusal:
            return problem(refusal)

    return guarded

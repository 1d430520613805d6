"""Place in the stream of changes when a page was drawn, so that its live regions miss nothing."""

from django.http import HttpRequest

from opale.kernel.live_topics import HEAD, Cursor
from opale.kernel.prepared_statements import fetch_rows
from opale.ui.current_actor import current_actor

END_OF_TRANSACTION = 2**63 - 1
MARKED = "opale.live_place"


def is_full_page(request: HttpRequest) -> bool:
    """Return whether a page with its frame is requested."""
    html = "text/html" in request.headers.get("Accept", "")
    return request.method == "GET" and html and "HX-Request" not in request.headers


def record_cursor(request: HttpRequest) -> None:
    """Record the place before the view reads: later commits are then sent to the page."""
    if not is_full_page(request) or current_actor(request).kind == "anonymous":
        return
    ((head,),) = fetch_rows(HEAD)
    request.META[MARKED] = str(Cursor(head, END_OF_TRANSACTION))


def recorded_cursor(request: HttpRequest) -> str:
    return str(request.META.get(MARKED, ""))

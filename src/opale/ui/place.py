"""Where in the stream of changes a page was drawn, so that its live regions miss nothing."""

from django.db import connection
from django.http import HttpRequest

from opale.kernel.changes import HEAD, Cursor
from opale.ui.asking import asker

END_OF_TRANSACTION = 2**63 - 1


def mark(request: HttpRequest) -> None:
    """Note the place before the view reads: whatever is committed later is told to the page."""
    whole_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
    if not whole_page or "HX-Request" in request.headers or asker(request).kind == "anonymous":
        return
    with connection.cursor() as cursor:
        cursor.execute(HEAD)
        (transaction,) = cursor.fetchone()
    request.META["opale.live_place"] = str(Cursor(transaction, END_OF_TRANSACTION))


def marked(request: HttpRequest) -> str:
    return str(request.META.get("opale.live_place", ""))
